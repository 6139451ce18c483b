import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type ShownDashboard, showDashboard} from '../../support/dashboard/index.js'
import type {ScriptedCluster} from '../../support/scripted-cluster/index.js'
import {now, startBusyCluster} from './busy-cluster.js'

let cluster: ScriptedCluster
let dashboard: ShownDashboard | undefined

beforeEach(async () => {
  cluster = await startBusyCluster()
})

afterEach(async () => {
  await dashboard?.stop()
  dashboard = undefined
  await cluster.stop()
})

async function show(columns: number, rows: number): Promise<ShownDashboard> {
  const shown = showDashboard({url: cluster.url, columns, rows, now})
  dashboard = shown
  await shown.shows('● live')
  return shown
}

describe('the overview', () => {
  it('at 80x24', async () => {
    const shown = await show(80, 24)
    expect(shown.view()).toMatchInlineSnapshot(`
      " Attention ──────────────────────────────────────────────────────────────── <4s
         ! download is partly up
         ✗ genbank failed  2026-11-20 12:00:00
       Running ────────────────────────────────────────────────────────────────── <4s
         ▶ alu  update, at postprocess  on biomaj_daemon_message1
         · biomaj_daemon_message2 idle
       Queue ──────────────────────────────────────────────────────────────────── <4s
         … 2 waiting
         1  swissprot
         2  genbank
       Services ───────────────────────────────────────────────────────────────── <4s
         ✓ public-proxy up           ✓ redis up
         ✓ internal-proxy up         ✓ mongo up
         ✓ rabbitmq up               ✓ consul up
         ! download 3 of 4 up        ✓ process 2 of 2 up
         ✓ daemon-message 2 of 2 up
         - 1 service not running here
       Banks ──────────────────────────────────────────────────────────────────── <4s
         4 banks  ▶ 1 updating  … 2 waiting  - 1 never ran

      "
    `)
  })

  it('at 120x40 has two columns', async () => {
    const shown = await show(120, 40)
    expect(shown.view()).toMatchInlineSnapshot(`
      " Attention ─────────────────────────────────────────── <4s    Services ──────────────────────────────────────────── <4s
         ! download is partly up                                      ✓ up          public-proxy
         ✗ genbank failed  2026-11-20 12:00:00                        ✓ up          redis
                                                                      ✓ up          internal-proxy
       Running ───────────────────────────────────────────── <4s      ✓ up          mongo
         ▶ alu  update, at postprocess  on biomaj_daemon_message1     ✓ up          rabbitmq
         · biomaj_daemon_message2 idle                                ✓ up          consul
                                                                      ! 3 of 4 up   download
       Queue ─────────────────────────────────────────────── <4s      ✓ 2 of 2 up   process
         … 2 waiting                                                  ✓ 2 of 2 up   daemon-message
         1  swissprot                                                 - 1 service not running here
         2  genbank
                                                                    Banks ─────────────────────────────────────────────── <4s
                                                                      4 banks  ▶ 1 updating  … 2 waiting  - 1 never ran






















      "
    `)
  })

  it('at 60x15 is one list', async () => {
    const shown = await show(60, 15)
    expect(shown.view()).toMatchInlineSnapshot(`
      " Status ─────────────────────────────────────────────── <4s
         Attention ! download is partly up
                   ✗ genbank failed  2026-11-20 12:00:00
         Running   ▶ alu  update, at postprocess  on biomaj_daemo…
                   · biomaj_daemon_message2 idle
         Queue     … 2 waiting
                   1  swissprot
                   2  genbank
         Services  ✓ 8 up  ! 1 partly up
         Banks     4 banks  ▶ 1 updating  … 2 waiting  - 1 never…

      "
    `)
  })

  it('at 40x10 is one list, what needs attention first', async () => {
    const shown = await show(40, 10)
    expect(shown.view()).toMatchInlineSnapshot(`
      " Status ─────────────────────────── <4s
         Attention ! download is partly up
                   ✗ genbank failed  2026-11-…
         Running   ▶ alu  update, at postproc…
                   · biomaj_daemon_message2 i…
         Queue     … 2 waiting
         … 5 more"
    `)
  })

  it('leads to what is selected', async () => {
    const shown = await show(80, 24)
    shown.press('j', 'j')
    await shown.shows('› ✗ genbank failed')
    shown.press('enter')
    expect(await shown.shows('Last run')).toContain('Overview › genbank')
  })

  it('leads to the banks while nothing is selected', async () => {
    const shown = await show(80, 24)
    shown.press('enter')
    expect(await shown.shows('Overview › Banks')).toContain('swissprot')
  })

  it('keeps its selection on what it is about while lines before it come and go', async () => {
    const shown = await show(80, 24)
    shown.press('j', 'j', 'j')
    await shown.shows('› ▶ alu')
    cluster.bank('genbank').failed = false
    await shown.clock.advance(2000)
    await shown.showsNoLonger('genbank failed')
    expect(shown.screen()).toContain('› ▶ alu')
  })

  it('tells since when a service is down once it saw it go', async () => {
    const shown = await show(80, 24)
    const service = cluster.state.services.find(one => one.service === 'biomaj-process')
    if (service) service.status = -1
    await shown.clock.advance(2000)
    await shown.shows('process is down')
    await shown.clock.advance(60_000)
    expect(await shown.shows(/process is down for 1m/)).toMatch(/download is partly up for 1m or more/)
  })
})

describe('the banks', () => {
  it('at 80x24', async () => {
    const shown = await show(80, 24)
    shown.press('b')
    await shown.shows('Banks 4')
    expect(shown.view()).toMatchInlineSnapshot(`
      " Banks 4 ────────────────────────────────────────────────────────────────── <4s
         BANK       STATE        PUBLISHED   UPDATED (SERVER TIME)   TYPES
       › alu        ▶ updating   2026-11     2026-11-20 12:00:00     nucleic          
         genbank    … waiting    254         2026-11-20 12:00:00     nucleic
         pdb        - never ran  -           -                       protein,structu…
         swissprot  … waiting    2026_04     2026-11-20 12:00:00     protein














      "
    `)
  })

  it('at 40x10 show what fits', async () => {
    const shown = await show(40, 10)
    shown.press('b')
    await shown.shows('Banks 4')
    expect(shown.view()).toMatchInlineSnapshot(`
      " Banks 4 ────────────────────────── <4s
         BANK       STATE        PUBLISHED
       › alu        ▶ updating   2026-11      
         genbank    … waiting    254
         pdb        - never ran  -
         swissprot  … waiting    2026_04
      "
    `)
  })

  it('keep the selected one selected when a refresh moves it', async () => {
    const shown = await show(80, 24)
    shown.press('b')
    await shown.shows('Banks 4')
    shown.press('j')
    await shown.shows('› genbank')
    const early = cluster.bank('swissprot')
    cluster.state.banks.set('aaa', {...early, name: 'aaa'})
    await shown.clock.advance(2000)
    expect(await shown.shows('Banks 5')).toContain('› genbank')
  })

  it('are filtered while one types, and sorted by any column', async () => {
    const shown = await show(80, 24)
    shown.press('b')
    await shown.shows('Banks 4')
    shown.press('/', 'p', 'r', 'o', 't')
    expect(await shown.shows('Banks 2 of 4')).toContain('swissprot')
    shown.press('enter', 'escape')
    await shown.shows('Banks 4')
    shown.press('s', 's')
    await shown.shows('STATE↑')
    const order = () => shown.rows().flatMap(row => /^ [› ] (alu|genbank|pdb|swissprot)/.exec(row)?.[1] ?? [])
    expect(order()).toEqual(['alu', 'genbank', 'swissprot', 'pdb'])
    shown.press('S')
    await shown.shows('STATE↓')
    expect(order()).toEqual(['pdb', 'genbank', 'swissprot', 'alu'])
  })
})

describe('a bank', () => {
  it('under way, at 80x24', async () => {
    const shown = await show(80, 24)
    shown.press('b')
    await shown.shows('Banks 4')
    shown.press('enter')
    await shown.shows('This run')
    expect(shown.view()).toMatchInlineSnapshot(`
      " alu ────────────────────────────────────────────────────────────────────── <4s
         Now         ▶ update, at postprocess, on biomaj_daemon_message1
         Pending     … 2026-12, last run 2026-11-21 11:55:00 server time
         Published   2026-11
         Updated     2026-11-20 12:00:00 server time
         Kind        nucleic, public
         Directory   /var/lib/biomaj/data/db/alu

       Releases 2 ─────────────────────────────────────────────────────────────── <4s
         RELEASE   STATE                  SIZE  FORMATS      MADE (SERVER TIME)
       › 2026-10   -                    3.4 GB  fasta        2026-11-19 12:00:00      
         2026-11   ● published, frozen  3.5 GB  fasta,blast  2026-11-20 12:00:00

       This run ───────────────────────────────────────────────────────────────── <4s
         ✓ init  ✓ check  ✓ depends  ✓ preprocess  ✓ release  ✓ download
         ▶ postprocess   running
           ✓ POST_index  done
           ▶ POST_stats  running
         · publish  · over

      "
    `)
  })

  it('under way, at 120x40', async () => {
    const shown = await show(120, 40)
    shown.press('b')
    await shown.shows('Banks 4')
    shown.press('enter')
    await shown.shows('This run')
    expect(shown.view()).toMatchInlineSnapshot(`
      " alu ───────────────────────────────────────────────── <4s    This run ──────────────────────────────────────────── <4s
         Now         ▶ update, at postprocess, on biomaj_daemon_…     ✓ init          done
         Pending     … 2026-12, last run 2026-11-21 11:55:00 ser…     ✓ check         done
         Published   2026-11                                          ✓ depends       done
         Updated     2026-11-20 12:00:00 server time                  ✓ preprocess    done
         Kind        nucleic, public                                  ✓ release       done
         Directory   /var/lib/biomaj/data/db/alu                      ✓ download      done
                                                                      ▶ postprocess   running
       Releases 2 ────────────────────────────────────────── <4s        ✓ POST_index  done
         RELEASE   STATE                  SIZE  FORMATS                 ▶ POST_stats  running
       › 2026-10   -                    3.4 GB  fasta                 · publish       waiting
         2026-11   ● published, frozen  3.5 GB  fasta,blast           · over          waiting
























      "
    `)
  })

  it('that failed, at 80x24', async () => {
    const shown = await show(80, 24)
    shown.press('b')
    await shown.shows('Banks 4')
    shown.press('j', 'enter')
    await shown.shows('Last run')
    expect(shown.view()).toMatchInlineSnapshot(`
      " genbank ────────────────────────────────────────────────────────────────── <4s
         State       ✗ its last run failed
         Now         · idle
         Waiting     … removal - release 254, requested 1m ago  number 2 in the queue
         Published   254
         Updated     2026-11-20 12:00:00 server time
         Kind        nucleic, public
         Directory   /var/lib/biomaj/data/db/genbank

       Releases 1 ─────────────────────────────────────────────────────────────── <4s
         RELEASE   STATE          SIZE  FORMATS   MADE (SERVER TIME)   DIRECTORY
       › 254       ● published  1.0 MB  fasta     2026-11-20 12:00:00  genbank_254    

       Last run ───────────────────────────────────────────────────────────────── <4s
         ✗ failed 1h ago, took 1m 40s
         ✓ init  ✓ check  ✓ depends  ✓ preprocess  ✓ release
         ✗ download      failed
         · postprocess  · publish  · over


      "
    `)
  })

  it('is scrolled where it is longer than the screen, past its releases', async () => {
    const shown = await show(60, 15)
    shown.press('b')
    await shown.shows('Banks 4')
    shown.press('enter')
    expect(await shown.shows('↓ 9 more lines')).not.toContain('POST_stats')
    for (let press = 0; press < 30; press++) shown.press('j')
    expect(await shown.showsNoLonger('more line')).toContain('POST_stats')
    for (let press = 0; press < 30; press++) shown.press('k')
    expect(await shown.shows(/^ alu ─/m)).toContain('› 2026-10')
  })
})

describe('lists', () => {
  it('queue, at 80x24', async () => {
    const shown = await show(80, 24)
    shown.press('3')
    await shown.shows(/Queue \d/)
    expect(shown.view()).toMatchInlineSnapshot(`
      " Queue 2 ────────────────────────────────────────────────────────────────── <4s
         ▶ biomaj_daemon_message1  update alu, at postprocess
         · biomaj_daemon_message2  idle

          POSITION  BANK       ACTION      REQUESTED
       ›         1  swissprot  -           -                                          
                 2  genbank    remove 254  1m ago













      "
    `)
  })

  it('queue, at 120x40', async () => {
    const shown = await show(120, 40)
    shown.press('3')
    await shown.shows(/Queue \d/)
    expect(shown.view()).toMatchInlineSnapshot(`
      " Queue 2 ────────────────────────────────────────────────────────────────────────────────────────────────────────── <4s
         ▶ biomaj_daemon_message1  update alu, at postprocess
         · biomaj_daemon_message2  idle

          POSITION  BANK       ACTION      REQUESTED
       ›         1  swissprot  -           -                                                                                  
                 2  genbank    remove 254  1m ago





























      "
    `)
  })

  it('history, at 80x24', async () => {
    const shown = await show(80, 24)
    shown.press('4')
    await shown.shows(/History \d/)
    expect(shown.view()).toMatchInlineSnapshot(`
      " History 2 ──────────────────────────────────────────────────────────────── <4s
         BANK       ACTION   OUTCOME    START     DURATION
       › genbank    update   ✗ failed   2h ago      1m 40s                            
         swissprot  update   ✓ updated  24h ago    12m 34s
















      "
    `)
  })

  it('history, at 120x40', async () => {
    const shown = await show(120, 40)
    shown.press('4')
    await shown.shows(/History \d/)
    expect(shown.view()).toMatchInlineSnapshot(`
      " History 2 ──────────────────────────────────────────────────────────────────────────────────────────────────────── <4s
         BANK       ACTION   OUTCOME    START     DURATION
       › genbank    update   ✗ failed   2h ago      1m 40s                                                                    
         swissprot  update   ✓ updated  24h ago    12m 34s
































      "
    `)
  })

  it('services, at 80x24', async () => {
    const shown = await show(80, 24)
    shown.press('5')
    await shown.shows(/Services \d/)
    expect(shown.view()).toMatchInlineSnapshot(`
      " Services 15 ────────────────────────────────────────────────────────────── <4s
         SERVICE         UP      STATE               SINCE   HOST
       › public-proxy    1 of 1  ✓ up                -       -                        
         redis           1 of 1  ✓ up                -       172.18.0.5
         internal-proxy  1 of 1  ✓ up                -       http://172.18.0.5:5000
         mongo           1 of 1  ✓ up                -       mongodb://localhost:270…
         rabbitmq        1 of 1  ✓ up                -       172.18.0.5
         consul          1 of 1  ✓ up                -       172.18.0.5
         download        3 of 4  ✓ up                -       172.18.0.5
         download        3 of 4  ✓ up                -       172.18.0.5
         download        3 of 4  ✓ up                -       172.18.0.5
         download        3 of 4  ✗ down              -       172.18.0.5
         process         2 of 2  ✓ up                -       172.18.0.5
         process         2 of 2  ✓ up                -       172.18.0.5
         daemon-message  2 of 2  ✓ up                -       172.18.0.5
         daemon-message  2 of 2  ✓ up                -       172.18.0.5
         ftp             -       - not running here  -       -



      "
    `)
  })

  it('services, at 120x40', async () => {
    const shown = await show(120, 40)
    shown.press('5')
    await shown.shows(/Services \d/)
    expect(shown.view()).toMatchInlineSnapshot(`
      " Services 15 ────────────────────────────────────────────────────────────────────────────────────────────────────── <4s
         SERVICE         UP      STATE               SINCE   HOST
       › public-proxy    1 of 1  ✓ up                -       -                                                                
         redis           1 of 1  ✓ up                -       172.18.0.5
         internal-proxy  1 of 1  ✓ up                -       http://172.18.0.5:5000
         mongo           1 of 1  ✓ up                -       mongodb://localhost:27017
         rabbitmq        1 of 1  ✓ up                -       172.18.0.5
         consul          1 of 1  ✓ up                -       172.18.0.5
         download        3 of 4  ✓ up                -       172.18.0.5
         download        3 of 4  ✓ up                -       172.18.0.5
         download        3 of 4  ✓ up                -       172.18.0.5
         download        3 of 4  ✗ down              -       172.18.0.5
         process         2 of 2  ✓ up                -       172.18.0.5
         process         2 of 2  ✓ up                -       172.18.0.5
         daemon-message  2 of 2  ✓ up                -       172.18.0.5
         daemon-message  2 of 2  ✓ up                -       172.18.0.5
         ftp             -       - not running here  -       -



















      "
    `)
  })

  it('lead from a request that waits to its bank', async () => {
    const shown = await show(80, 24)
    shown.press('3')
    await shown.shows('Queue 2')
    shown.press('enter')
    expect(await shown.shows('number 1 in the queue')).toContain('Queue › swissprot')
  })

  it('say that a cluster has no schedule', async () => {
    const shown = await show(80, 24)
    shown.press('6')
    expect(await shown.shows('no service that looks for new releases')).toContain('Schedule')
  })
})
