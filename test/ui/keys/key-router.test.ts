import {describe, expect, it} from 'vitest'
import {KeyPump} from '../../../src/ui/keys/key-pump.js'
import {type KeyLayer, KeyRouter} from '../../../src/ui/keys/key-router.js'

function recorder() {
  const did: string[] = []
  return {did, says: (what: string) => () => void did.push(what)}
}

describe('who gets a key', () => {
  it('is the uppermost layer that has something to do with it', () => {
    const {did, says} = recorder()
    const router = new KeyRouter()
    router.add({offers: {up: says('below'), sort: says('sort')}})
    router.add({offers: {up: says('above')}})
    router.press('k')
    router.press('s')
    router.press('z')
    expect(did).toEqual(['above', 'sort'])
  })

  it('is a view before the frame, whichever came first', () => {
    const {did, says} = recorder()
    const router = new KeyRouter()
    router.add({offers: {update: says('view')}})
    router.add({level: 'frame', offers: {update: says('frame'), quit: says('quit')}})
    router.press('u')
    router.press('q')
    expect(did).toEqual(['view', 'quit'])
  })

  it('is nobody below a modal, also when a view came after it', () => {
    const {did, says} = recorder()
    const router = new KeyRouter()
    router.add({modal: true, offers: {dismiss: says('dismiss')}})
    router.add({offers: {update: says('update'), back: says('back')}})
    router.press('u')
    router.press('esc')
    expect(did).toEqual(['dismiss'])
  })

  it('is who types, before the table', () => {
    const {did, says} = recorder()
    const router = new KeyRouter()
    router.add({
      offers: {update: says('update'), open: says('open')},
      take: key => key.length === 1 && did.push(`typed ${key}`) > 0,
    })
    router.press('u')
    router.press('enter')
    expect(did).toEqual(['typed u', 'open'])
  })

  it('is nobody again when the layer is gone', () => {
    const {did, says} = recorder()
    const router = new KeyRouter()
    const remove = router.add({offers: {update: says('update')}})
    remove()
    router.press('u')
    expect(did).toEqual([])
  })
})

describe('what is off', () => {
  it('is not done, and says why', () => {
    const {did, says} = recorder()
    const router = new KeyRouter()
    const stop = router.onRefused(reason => did.push(reason))
    router.add({offers: {update: {run: says('update'), off: 'busy'}}})
    router.press('u')
    router.performBelow('update')
    stop()
    router.press('u')
    expect(did).toEqual(['busy', 'busy'])
  })
})

describe('a key that other views have', () => {
  it('says that it does nothing here, but not in a dialog nor where there is nothing to move in', () => {
    const said: string[] = []
    const router = new KeyRouter()
    router.onRefused(reason => said.push(reason))
    router.add({offers: {}})
    for (const key of ['s', 'j', 'tab', 'ä']) router.press(key)
    expect(said).toEqual(['Not here: sort by next column. ? shows the keys of this view'])
    router.add({offers: {}, modal: true})
    router.press('s')
    expect(said).toHaveLength(1)
  })
})

describe('what is offered', () => {
  it('is told apart from modals, which are about what lies below', () => {
    const router = new KeyRouter()
    router.add({
      offers: {
        update: {run: () => undefined, label: 'bring up to date'},
        sort: {run: () => undefined, off: 'nothing to sort'},
      },
    })
    const remove = router.add({modal: true, offers: {dismiss: () => undefined}})
    expect(router.getSnapshot()).toEqual([{id: 'dismiss', off: undefined, label: 'close'}])
    expect(router.getBelow()).toEqual([
      {id: 'sort', off: 'nothing to sort', label: 'sort by next column'},
      {id: 'update', off: undefined, label: 'bring up to date'},
    ])
    remove()
    expect(router.getSnapshot()).toEqual(router.getBelow())
  })

  it('is news only when it changes', () => {
    const router = new KeyRouter()
    let news = 0
    router.subscribe(() => news++)
    const layer: KeyLayer = {offers: {update: () => undefined}}
    router.add(layer)
    layer.offers = {update: () => undefined}
    router.changed()
    expect(news).toBe(1)
    layer.offers = {update: {run: () => undefined, off: 'busy'}}
    router.changed()
    expect(news).toBe(2)
  })
})

describe('keys that arrive together', () => {
  it('wait until what the one before changed is on screen', async () => {
    const did: string[] = []
    const pump = new KeyPump({press: key => did.push(key), type: key => did.push(`typed ${key}`)}, () =>
      did.push('drawn?'),
    )
    pump.push(['a', 'b'])
    pump.push(['c'])
    expect(did).toEqual(['a', 'drawn?'])
    pump.goOn()
    await new Promise(resolve => void setImmediate(resolve))
    expect(did).toEqual(['a', 'drawn?', 'b', 'drawn?'])
  })

  it('are text when they were pasted: the first line of it, with nothing that a terminal obeys', async () => {
    const did: string[] = []
    const pump = new KeyPump({press: key => did.push(key), type: key => did.push(`typed ${key}`)}, () => pump.goOn())
    pump.paste('u \u001B[31mX\nq')
    pump.push(['j'])
    while (!did.includes('j')) await new Promise(resolve => void setImmediate(resolve))
    expect(did).toEqual(['typed u', 'typed space', 'typed X', 'j'])
  })
})
