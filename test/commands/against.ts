import {type CommandRun, type RunCommandOptions, runCommand} from '../support/run-command.js'

type Command = Parameters<typeof runCommand>[0]

/** Runs a command against a cluster, as jane unless told otherwise, with the cluster's address evened out. */
export async function runAgainst(
  {url}: {url: string},
  Class: abstract new (...args: never[]) => object,
  argv: string[],
  {env, ...options}: RunCommandOptions = {},
): Promise<CommandRun> {
  const run = await runCommand(Class as unknown as Command, argv, {
    env: {BIOMAJ_PROXY: url, BIOMAJ_APIKEY: 'JANEKEY001', ...env},
    ...options,
  })
  const even = (text: string) => text.replaceAll(url.replace(/\/$/, ''), 'http://cluster')
  return {...run, stdout: even(run.stdout), stderr: even(run.stderr)}
}
