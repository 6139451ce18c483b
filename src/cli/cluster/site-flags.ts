import path from 'node:path'
import {Flags, type Interfaces} from '@oclif/core'
import {resolvePaths} from '../../config/paths.js'
import type {Runtime} from '../runtime.js'

/** Where a cluster is kept on this machine. */
export const siteFlags = {
  data: Flags.string({
    summary: 'Folder in which the cluster keeps everything (BIOMAJ_CLUSTER_DATA); by default in your data directory.',
    helpValue: 'DIR',
    helpGroup: 'CLUSTER',
  }),
  config: Flags.string({
    summary: "The cluster's global.properties (BIOMAJ_CONF); by default in its folder.",
    helpValue: 'FILE',
    helpGroup: 'CLUSTER',
  }),
}

/** How a cluster runs: each flag wins over the setting of the same meaning. */
export const settingFlags = {
  host: Flags.string({
    summary: 'Address to listen at; 127.0.0.1 by default.',
    helpValue: 'ADDRESS',
    helpGroup: 'SETTINGS',
  }),
  port: Flags.string({summary: 'Port to listen at; 0 for any that is free.', helpValue: 'PORT', helpGroup: 'SETTINGS'}),
  'update-workers': Flags.string({summary: 'Banks at work at the same time.', helpValue: 'N', helpGroup: 'SETTINGS'}),
  'download-workers': Flags.string({
    summary: 'Downloads at the same time, of all banks.',
    helpValue: 'N',
    helpGroup: 'SETTINGS',
  }),
  'process-workers': Flags.string({
    summary: 'Processes at the same time, of all banks.',
    helpValue: 'N',
    helpGroup: 'SETTINGS',
  }),
  'process-timeout': Flags.string({
    summary: 'Longest time of a process.',
    helpValue: 'DURATION',
    helpGroup: 'SETTINGS',
  }),
  'log-level': Flags.string({
    summary: 'What is logged.',
    options: ['debug', 'info', 'warn', 'error'],
    helpGroup: 'SETTINGS',
  }),
}

export const seedFlag = Flags.string({
  summary: 'What a new cluster begins with; by default the bank alu alone.',
  options: ['none', 'demo', 'broken', 'huge'],
})

/** The setting that each flag sets. */
export const settingOfFlag = {
  host: 'cluster.host',
  port: 'cluster.port',
  'update-workers': 'cluster.workers.update',
  'download-workers': 'cluster.workers.download',
  'process-workers': 'cluster.workers.process',
  'process-timeout': 'cluster.process.timeout',
  'log-level': 'cluster.log.level',
} as const

type SettingFlag = keyof typeof settingOfFlag
type GivenFlags = Partial<Interfaces.InferredFlags<typeof siteFlags> & Interfaces.InferredFlags<typeof settingFlags>>

/** What flags and process say about a cluster, as the settings are read from it. */
export function settingsInput(flags: GivenFlags, runtime: Runtime) {
  const given = (Object.keys(settingOfFlag) as SettingFlag[]).flatMap(flag => {
    const value = flags[flag]
    return value === undefined ? [] : [[settingOfFlag[flag], {value, source: `--${flag}`}] as const]
  })
  return {
    flags: Object.fromEntries(given) as Partial<
      Record<(typeof settingOfFlag)[SettingFlag], {value: string; source: string}>
    >,
    dataDirectory: flags.data,
    defaultDataDirectory: path.join(dataFolder(runtime), 'cluster'),
    globalProperties: flags.config,
    memory: false,
    env: runtime.env,
    cwd: runtime.cwd,
  }
}

/** Where notes of running clusters are kept. */
export function instancesFolder(runtime: Runtime): string {
  return path.join(dataFolder(runtime), 'running')
}

function dataFolder({env, platform, home}: Runtime): string {
  return resolvePaths({env, platform, home}).data
}
