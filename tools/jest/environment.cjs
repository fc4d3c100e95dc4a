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

  async setup() {}

  /** Jest puts its own console and `process.exit` in place for each test file. */
  async teardown() {
    globalThis.console = own.console
    process.exit = own.exit
  }
}
