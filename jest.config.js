// Node itself loads the TypeScript under test, as when the service runs (docs/decisions/0038-tests-share-loaded-modules.md).
export default {
  testEnvironment: '<rootDir>/tools/jest/environment.cjs',
  // Files of src that no test loads count in the coverage only if Jest knows of them.
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {},
  injectGlobals: false,
  runtime: '<rootDir>/tools/jest/runtime.cjs',
  globalSetup: '<rootDir>/tools/jest/start-servers.mjs',
  globalTeardown: '<rootDir>/tools/jest/stop-servers.mjs',
  setupFiles: ['<rootDir>/test/support/property-seed.ts'],
  // One worker a core at the most: the tests start Redis servers, SMTP servers and browsers of their own.
  maxWorkers: 2,
  testTimeout: 90_000,
  testSequencer: '<rootDir>/tools/slow-first.mjs',
  reporters: ['default', '<rootDir>/tools/count-reporter.mjs'],
  // Asked for by tools/test.mjs, of the tests of the two folders alone.
  // messages.ts is generated and holds types alone.
  collectCoverageFrom: ['src/core/**/*.ts', 'src/flow/**/*.ts', '!src/core/messages.ts'],
  coverageProvider: 'v8',
  coverageReporters: ['text-summary'],
  // Half a point below what was measured, because a few branches depend on timing: coverage may rise and not fall.
  coverageThreshold: { global: { statements: 83.75, branches: 87.75, functions: 85.5, lines: 83.75 } },
  watchman: false,
}
