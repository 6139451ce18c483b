import {defineConfig} from 'vitest/config'

// The CI script counts tests; a reporter beside the usual one keeps the command the same for everybody.
const reportFile = process.env['BIOMAJ_TEST_REPORT']

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    globals: false,
    disableConsoleIntercept: true,
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['test/support/setup.ts'],
    globalSetup: ['test/support/package/global-setup.ts'],
    reporters: reportFile === undefined ? ['default'] : ['default', ['json', {outputFile: reportFile}]],
    coverage: {provider: 'v8', include: ['src/**']},
  },
})
