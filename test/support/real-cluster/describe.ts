/* oxlint-disable vitest/valid-title, vitest/expect-expect, vitest/no-conditional-tests, vitest/valid-describe-callback --
   title and suite come from the caller; the skipped test only carries the reason */
import {describe, it} from 'vitest'
import {realClusterAvailable} from './index.ts'

/** A suite against unmodified BioMAJ. Where BioMAJ is not installed it is reported as skipped, with the reason. */
export function describeRealCluster(name: string, suite: () => void): void {
  const availability = realClusterAvailable()
  if (availability.available) {
    describe(name, suite)
    return
  }
  describe(name, () => {
    it('runs against unmodified BioMAJ', context => {
      context.skip(availability.reason)
    })
  })
}
