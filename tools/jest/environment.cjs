// Tests run in the realm of the worker itself, without a context of their own, so that a worker loads packages once.
const own = { console: globalThis.console, exit: process.exit }

module.exports = class SharedRealm {
  global = globalThis
  fakeTimers = null
  fakeTimersModern = null
  moduleMocker = null

  getVmContext() {
    return null
  }

  exportConditions() {
    return ['node', 'node-addons']
  }

  /** Node runs the files as they are written: no stack needs Jest's source maps, which cost a tenth of a browser test. */
  async setup() {
    Error.prepareStackTrace = undefined
  }

  /** Jest puts its own console and `process.exit` in place for each test file. */
  async teardown() {
    globalThis.console = own.console
    process.exit = own.exit
  }
}
