import {type CommandClass, type CommandRun, type RunCommandOptions, runCommand} from '../support/run-command.js'

/** Runs a command against a cluster, as jane unless told otherwise, with the cluster's address evened out. */
export async function runAgainst(
  {url}: {url: string},
  Class: CommandClass,
  argv: string[],
  {env, ...options}: RunCommandOptions = {},
): Promise<CommandRun> {
  const run = await runCommand(Class, argv, {
    env: {BIOMAJ_PROXY: url, BIOMAJ_APIKEY: 'JANEKEY001', ...env},
    ...options,
  })
  const even = (text: string) => text.replaceAll(url.replace(/\/$/, ''), 'http://cluster')
  return {...run, stdout: even(run.stdout), stderr: even(run.stderr)}
}
