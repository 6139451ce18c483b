/**
 * What runs in the browser. It asks the public JSON of the cluster, without a key, and builds everything out of text
 * nodes, so that no name, however hostile, is ever read as markup. A poll that fails keeps what is shown, says so, and
 * is tried again ever more seldom, half a minute apart at most.
 */
export const script = String.raw`'use strict'
;(() => {
  const fastMs = 2000
  const slowMs = 10000
  const longestPauseMs = 30000
  const answerTimeMs = 10000
  const mostRows = 20
  const serviceNames = {
    'biomaj-public-proxy': 'Gateway',
    'biomaj-queue': 'Queue',
    'biomaj-store': 'Store',
    'biomaj-daemon': 'Daemon',
    'biomaj-user': 'Users',
    'biomaj-cron': 'Scheduler',
    'biomaj-daemon-message': 'Update workers',
    'biomaj-download': 'Download workers',
    'biomaj-process': 'Process workers',
  }
  const place = id => document.getElementById(id)
  const drawn = new Map()
  let lastAnswer = null
  let lastBanks = 0
  let lastSlow = 0
  let failures = 0
  let timer = null
  let asking = false

  // Text without what a renderer hides or reorders.
  const clean = value => String(value ?? '').replace(/[\u0000-\u001F\u007F-\u009F]|\p{Default_Ignorable_Code_Point}/gu, '').slice(0, 300)

  const make = (tag, {className, text, ...attributes} = {}, ...children) => {
    const element = document.createElement(tag)
    if (className) element.className = className
    if (text !== undefined) element.textContent = clean(text)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, clean(value))
    element.append(...children)
    return element
  }

  // Only what has changed is drawn again, so that a selection or a screen reader is left in peace.
  const draw = (id, facts, build) => {
    const known = JSON.stringify(facts)
    if (drawn.get(id) === known) return
    drawn.set(id, known)
    place(id).replaceChildren(...build(facts))
  }
  const write = (id, text) => {
    if (place(id).textContent !== text) place(id).textContent = text
  }

  const bytes = count => {
    const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
    let unit = 0
    while (count >= 1024 && unit < units.length - 1) {
      count /= 1024
      unit++
    }
    return (unit === 0 || count >= 100 ? Math.round(count) : count.toFixed(1)) + ' ' + units[unit]
  }
  const number = count => Number(count).toLocaleString('en')
  const ago = ms => {
    const seconds = Math.max(0, Math.round(ms / 1000))
    if (seconds < 5) return 'just now'
    if (seconds < 60) return seconds + ' s ago'
    if (seconds < 5400) return Math.round(seconds / 60) + ' min ago'
    if (seconds < 129600) return Math.round(seconds / 3600) + ' h ago'
    return Math.round(seconds / 86400) + ' days ago'
  }
  const moment = (iso, before) => {
    const at = Date.parse(iso)
    if (Number.isNaN(at)) return make('span')
    const shown = make('time', {datetime: iso, title: new Date(at).toLocaleString()})
    shown.dataset.before = before ?? ''
    shown.textContent = (before ?? '') + ago(Date.now() - at)
    return shown
  }

  const ask = async (path, {optional = false} = {}) => {
    const response = await fetch(path, {credentials: 'omit', signal: AbortSignal.timeout(answerTimeMs), headers: {accept: 'application/json'}})
    if (optional && (response.status === 404 || response.status === 401 || response.status === 403)) return null
    if (!response.ok) throw new Error(path + ' answered ' + response.status)
    return await response.json()
  }
  const list = value => (Array.isArray(value) ? value : [])

  const drawRunning = (jobs, runs) => {
    write('running-count', number(jobs.length))
    place('idle').hidden = jobs.length > 0
    const facts = jobs.slice(0, mostRows).map(job => {
      const run = runs.get(job.bank)
      const progress = job.progress ?? run?.progress ?? null
      return {bank: job.bank, kind: job.kind, step: run?.running ?? null, startedAt: job.startedAt, progress}
    })
    draw('running', facts, rows =>
      rows.map(({bank, kind, step, startedAt, progress}) => {
        const top = make('div', {className: 'top'}, make('bdi', {className: 'name', text: bank}), make('span', {className: 'detail'}, moment(startedAt, kind + ' began ')))
        const item = make('li', {}, top)
        const words = []
        if (step) words.push('step ' + step)
        if (progress && progress.filesTotal > 0) {
          const whole = progress.bytesTotal ?? 0
          const bar = make('progress', {'aria-label': 'Download of ' + bank})
          bar.max = whole > 0 ? whole : progress.filesTotal
          bar.value = whole > 0 ? progress.bytesDone : progress.filesDone
          item.append(bar)
          words.push(number(progress.filesDone) + ' of ' + number(progress.filesTotal) + ' files')
          words.push(bytes(progress.bytesDone) + (whole > 0 ? ' of ' + bytes(whole) : ''))
        }
        if (words.length > 0) item.append(make('div', {className: 'detail', text: words.join(' · ')}))
        return item
      }),
    )
  }

  const drawServices = status => {
    const instances = [...list(status.general_services), ...list(status.biomaj_services)]
    const facts = list(status.status).map(({service, count}) => {
      const own = instances.filter(({id}) => id === service)
      return {service, count, up: own.filter(({status}) => status).length, hosts: [...new Set(own.map(({host}) => host).filter(Boolean))]}
    })
    draw('services', facts, rows =>
      rows.map(({service, count, up, hosts}) => {
        const state = up === 0 ? 'bad' : up < count ? 'some' : 'good'
        const word = up === 0 ? 'down' : up < count ? 'partly up' : 'up'
        const number = count > 1 ? ', ' + up + ' of ' + count : ''
        return make(
          'li',
          {},
          make('div', {className: 'name', text: serviceNames[service] ?? service}),
          make('div', {className: 'detail'}, make('span', {className: 'word ' + state, text: word}), number, ...(hosts.length > 0 ? [make('span', {text: ' · ' + hosts.join(', ')})] : [])),
        )
      }),
    )
  }

  const drawFailed = (banks, runs) => {
    write('failed-count', number(banks.length))
    place('failed-count').className = banks.length > 0 ? 'bad' : ''
    place('failed-section').hidden = banks.length === 0
    const facts = banks.slice(0, mostRows).map(row => {
      const run = runs.find(({bank, error}) => bank === row[0] && error)
      return {bank: row[0], reason: run?.reason ?? null, end: run?.end ?? null}
    })
    draw('failed', facts, rows =>
      rows.map(({bank, reason, end}) =>
        make(
          'li',
          {},
          make('div', {className: 'top'}, make('bdi', {className: 'name', text: bank}), make('span', {className: 'detail'}, end ? moment(end, '') : '')),
          ...(reason ? [make('div', {className: 'detail bad'}, make('bdi', {text: reason}))] : []),
        ),
      ),
    )
    const more = banks.length - facts.length
    place('failed-more').hidden = more <= 0
    write('failed-more', more > 0 ? 'and ' + number(more) + ' more' : '')
  }

  const drawRecent = runs => {
    const facts = runs.slice(0, 10).map(({bank, action, end, error, cancelled, updated}) => ({bank, action, end, error, cancelled, updated}))
    place('nothing-recent').hidden = facts.length > 0
    draw('recent', facts, rows =>
      rows.map(({bank, action, end, error, cancelled, updated}) => {
        const done = action === 'update' ? (updated ? 'new release' : 'nothing new') : action + ' done'
        const word = cancelled ? 'cancelled' : error ? action + ' failed' : done
        const state = cancelled ? 'some' : error ? 'bad' : 'good'
        return make(
          'li',
          {className: 'top'},
          make('bdi', {className: 'name', text: bank}),
          make('span', {className: 'detail'}, make('span', {className: 'word ' + state, text: word}), ' · ', moment(end, '')),
        )
      }),
    )
  }

  // BioMAJ's own history has no runs: its rows hold the same as text.
  const runsOf = history =>
    Array.isArray(history.runs)
      ? history.runs
      : list(history.history).map(([bank, action, start, end, updated, error]) => ({bank, action, end: new Date(end).toISOString(), error: error === 'True', updated: updated === 'True', cancelled: false, reason: null}))

  const fast = async () => {
    const [whatsup, answer] = await Promise.all([ask('/api/daemon/whatsup'), ask('/api/daemon/jobs?state=running&limit=50', {optional: true})])
    const rows = list(whatsup.services)
    write('queue-depth', number(rows.find(([what]) => what === 'queue')?.[1] ?? 0))
    const working = rows.filter(([who, bank]) => who !== 'queue' && who !== 'queued' && bank !== '')
    const jobs = answer ? list(answer.jobs) : working.map(([, bank, kind]) => ({bank, kind, startedAt: null, progress: null}))
    const runs = new Map()
    await Promise.all(
      jobs.slice(0, 8).map(async ({bank}) => {
        const answer = await ask('/api/daemon/bank/' + encodeURIComponent(bank) + '/run', {optional: true})
        if (answer?.run) runs.set(bank, answer.run)
      }),
    )
    drawRunning(jobs, runs)
  }

  const slow = async () => {
    const [status, failed, history, locks] = await Promise.all([
      ask('/api/daemon/status'),
      ask('/api/daemon/status/ko'),
      ask('/api/daemon/history?limit=100'),
      ask('/api/daemon/locks', {optional: true}),
    ])
    drawServices(status)
    const runs = runsOf(history)
    drawFailed(list(failed.banks ?? failed), runs)
    drawRecent(runs)
    const maintenance = locks?.maintenance ?? null
    place('maintenance').hidden = maintenance === null
    write('maintenance', maintenance === null ? '' : 'In maintenance: no updates are taken on. Asked for by ' + clean(maintenance.by) + '.')
    if (Date.now() - lastBanks > 30000) {
      write('bank-count', number(list((await ask('/api/daemon/bank')).banks).length))
      lastBanks = Date.now()
    }
  }

  const tell = () => {
    const lost = failures > 0
    place('link').dataset.state = lost ? 'lost' : lastAnswer === null ? 'new' : 'live'
    place('main').dataset.stale = String(lost)
    write('link-state', lost ? 'No answer' : lastAnswer === null ? 'Connecting' : 'Live')
    write('link-age', lastAnswer === null ? '' : (lost ? 'shown is what was known ' : 'updated ') + ago(Date.now() - lastAnswer))
  }

  const poll = async () => {
    if (asking) return
    asking = true
    clearTimeout(timer)
    try {
      const beside = Date.now() - lastSlow >= slowMs || failures > 0
      await Promise.all([fast(), ...(beside ? [slow()] : [])])
      if (beside) lastSlow = Date.now()
      lastAnswer = Date.now()
      failures = 0
      place('main').removeAttribute('aria-busy')
    } catch {
      // Whatever it was, the next answer counts; until then the page says that there was none.
      failures++
    } finally {
      asking = false
      tell()
      const pause = Math.min(fastMs * 2 ** Math.min(failures, 10), longestPauseMs)
      timer = document.hidden ? null : setTimeout(poll, failures === 0 ? fastMs : pause * (0.75 + Math.random() / 2))
    }
  }

  setInterval(() => {
    if (document.hidden) return
    tell()
    for (const shown of document.querySelectorAll('time[datetime]')) {
      const text = shown.dataset.before + ago(Date.now() - Date.parse(shown.dateTime))
      if (shown.textContent !== text) shown.textContent = text
    }
  }, 1000)
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void poll()
  })
  addEventListener('online', () => void poll())
  void poll()
})()
`
