import type {Runtime} from '../runtime.js'

/** How the dashboard is shown: as a screen, as sentences below each other, or once. */
export type DashboardForm = 'screen' | 'linear' | 'once'

/**
 * The form that was asked for by flag, or else by the environment: ACCESSIBLE and INK_SCREEN_READER are what other
 * programs go by. Without a terminal, or on one that cannot move its cursor, once has to do.
 */
export function dashboardForm(
  {once, screenReader, json}: {once: boolean; screenReader: boolean; json: boolean},
  {env, stdin, stdout}: Pick<Runtime, 'env' | 'stdin' | 'stdout'>,
): DashboardForm {
  if (once || json || stdin.isTTY !== true || stdout.isTTY !== true) return 'once'
  if (screenReader || isOn(env['ACCESSIBLE']) || isOn(env['INK_SCREEN_READER'])) return 'linear'
  return env['TERM'] === 'dumb' ? 'once' : 'screen'
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no', 'off'].includes(value.toLowerCase())
}
