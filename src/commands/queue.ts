import {renderBlocks} from '../cli/terminal/blocks.js'
import {ClusterCommand} from '../cli/cluster-command.js'
import {type QueueBoard, readQueue} from '../operations/board/queue-board.js'
import {queueScreen} from '../presentation/queue.js'

export default class Queue extends ClusterCommand<typeof Queue, QueueBoard> {
  static override summary = 'Show what waits in the queue, and what each daemon does'
  static override description = 'The first in the list is the next to run. With --quiet only its banks, in that order.'
  static override examples = [
    '<%= config.bin %> queue',
    {description: 'How many requests wait', command: '<%= config.bin %> queue --json | jq .depth'},
    {description: 'Banks that wait, the next to run first', command: '<%= config.bin %> queue --quiet'},
  ]

  async run(): Promise<QueueBoard> {
    const queue = await readQueue(await this.cluster(), {signal: this.signal})
    this.io.show({
      human: () => renderBlocks(this.io, queueScreen(queue, {now: this.runtime.date(), relative: this.io.isTerminal})),
      ids: () => queue.waiting.map(({bank}) => bank),
    })
    return queue
  }
}
