/* oxlint-disable vitest/valid-title, vitest/expect-expect, vitest/no-conditional-tests, vitest/valid-describe-callback --
   title and suite come from the caller; the skipped test only carries the reason */
import {describe} from 'vitest'
import {describeRealCluster} from '../real-cluster/describe.js'
import {biomaj} from './biomaj.js'
import {embedded} from './embedded.js'
import type {Target} from './target.js'

/**
 * A suite of the client against both kinds of cluster. Where BioMAJ is not installed, only that half is reported as
 * skipped, with the reason.
 */
export function describeClusters(name: string, suite: (target: Target) => void): void {
  describeRealCluster(`${name}: unmodified BioMAJ`, () => suite(biomaj))
  describe(`${name}: the embedded cluster`, () => suite(embedded))
}
