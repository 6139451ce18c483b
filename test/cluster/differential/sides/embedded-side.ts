import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {startInProcess} from '../../../support/embedded-cluster/in-process.js'
import {makeSite} from '../../../support/embedded-cluster/site.js'
import {until} from '../../../support/until.js'
import {admin, user} from './side.js'
import type {Side, SideOptions} from './side.js'

/** The embedded cluster with all its services, in this process. */
export async function openEmbedded({globalProperties}: SideOptions): Promise<Side> {
  const root = await mkdtemp(path.join(tmpdir(), 'biomaj-embedded-'))
  await makeSite(root, {globalProperties, users: [admin, user], admin: admin.name})
  const cluster = await startInProcess(root, {admin})
  const ask = async (method: string, route: string, body?: unknown): Promise<{status: number; text: string}> => {
    const headers = {Authorization: `APIKEY ${user.apiKey}`, 'X-API-KEY': user.apiKey}
    // What a body on a GET is needed for can be asked without one.
    const sent = body === undefined || method === 'GET' ? {} : {body: JSON.stringify(body)}
    const json = sent.body === undefined ? {} : {'Content-Type': 'application/json'}
    const answer = await fetch(new URL(route, cluster.instance.url), {method, headers: {...headers, ...json}, ...sent})
    return {status: answer.status, text: await answer.text()}
  }
  return {
    root,
    request: async ({method, path: route, body}) => await ask(method, route, body),
    async settle() {
      await until('no job is left', async () => {
        const states = ['queued', 'running'].map(async state => {
          const {text} = await ask('GET', `/api/daemon/jobs?state=${state}&limit=1`)
          return (JSON.parse(text) as {jobs: unknown[]}).jobs.length
        })
        return (await Promise.all(states)).every(count => count === 0)
      })
    },
    async close() {
      await cluster.stop({immediately: true})
      await rm(root, {recursive: true, force: true, maxRetries: 3})
    },
  }
}
