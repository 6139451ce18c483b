/** Gives a cluster more banks that are like one of its own but for the name: `clone-bank DATA BANK COUNT`. */
import path from 'node:path'
import {openDatabase} from '../../../src/cluster/store/database/open-database.js'
import {openSqliteStore} from '../../../src/cluster/store/sqlite-store.js'

const [data = '', name = '', count = ''] = process.argv.slice(2)
const database = openDatabase({file: path.join(data, 'cluster.sqlite')})
const store = openSqliteStore(database)
const bank = await store.banks.get(name)
if (bank === undefined) throw new Error(`There is no bank ${name} in ${data}`)
for (let number = 1; number <= Number(count); number++) {
  await store.banks.insert({...bank, name: `${name}${String(number).padStart(4, '0')}`})
}
await store.close()
database.close()
