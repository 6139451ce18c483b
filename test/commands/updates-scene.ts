import {aBank, type ScriptedCluster, startScriptedCluster} from '../support/scripted-cluster/index.js'

/** `alu`, `pfam` and `silva` of jane, `theirs` of joe; a clock that stands still until told. */
export async function updatesScene(): Promise<{cluster: ScriptedCluster; later: (seconds: number) => void}> {
  let nowMs = Date.UTC(2026, 10, 21, 9)
  const cluster = await startScriptedCluster({
    banks: [aBank('alu'), aBank('pfam'), aBank('silva'), aBank('theirs', {owner: 'joe'})],
    now: () => nowMs,
  })
  return {
    cluster,
    later: seconds => {
      nowMs += seconds * 1000
    },
  }
}

/** Resolves at a look at the daemons that comes after the request for an update. */
export async function lookAfterRequest(cluster: ScriptedCluster, looks = 2): Promise<void> {
  await cluster.waitForRequest(request => {
    const asked = cluster.requests.findIndex(each => asksForUpdate(each))
    const since = cluster.requests.slice(asked + 1).filter(({path}) => path === '/api/daemon/whatsup')
    return asked !== -1 && since[looks - 1] === request
  })
}

/** The requests for an update that came to a cluster. */
export function updateRequests(cluster: ScriptedCluster): number {
  return cluster.requests.filter(request => asksForUpdate(request)).length
}

function asksForUpdate({method, body}: {method: string; body: string}): boolean {
  return method === 'POST' && body.includes('"update":true')
}
