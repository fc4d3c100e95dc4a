// Jest's module runtime replaced by Node's own: a worker loads each module once, not once for each of two hundred test files,
// which took more than half of the time of `npm test`. Nothing here opens a connection when it is imported, so the files share
// no more than code. What the tests need of Jest stays: circus with its time limits, `expect`, spies, coverage by V8.
const { registerHooks } = require('node:module')
const { Session } = require('node:inspector/promises')
const { fileURLToPath, pathToFileURL } = require('node:url')
const { ModuleMocker } = require('jest-mock')
const { shouldInstrument } = require('@jest/transform')

const GLOBALS = pathToFileURL(require.resolve('./globals.mjs')).href
/** Where circus looks for the limit of one file's tests. */
const TIME_LIMIT = Symbol.for('TEST_TIMEOUT_SYMBOL')

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@jest/globals' ? { url: GLOBALS, shortCircuit: true } : next(specifier, context),
})

const mocker = new ModuleMocker(globalThis)
let profiler

module.exports = class NativeRuntime {
  #config
  #coverage
  #measured = []

  constructor(config, _environment, _resolver, _transformer, _files, coverage) {
    this.#config = config
    this.#coverage = coverage
  }

  unstable_shouldLoadAsEsm() {
    return true
  }

  unstable_importModule(path) {
    return import(pathToFileURL(path).href)
  }

  requireModule(path) {
    return require(path)
  }

  /** Circus keeps its state in its module: each test file gets a fresh one. */
  requireInternalModule(path) {
    delete require.cache[path]
    return require(path)
  }

  setGlobalsForRuntime(globals) {
    const { use } = require('./globals.mjs')
    use({
      ...globals,
      jest: {
        fn: mocker.fn.bind(mocker),
        spyOn: mocker.spyOn.bind(mocker),
        restoreAllMocks: () => mocker.restoreAllMocks(),
        setTimeout: (ms) => {
          globalThis[TIME_LIMIT] = ms
        },
      },
    })
  }

  async collectV8Coverage() {
    if (profiler === undefined) {
      profiler = new Session()
      profiler.connect()
      await profiler.post('Profiler.enable')
      await profiler.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
    }
  }

  async stopCollectingV8Coverage() {
    const { result } = await profiler.post('Profiler.takePreciseCoverage')
    this.#measured = result
      .filter(({ url }) => url.startsWith('file://'))
      .map((script) => ({ ...script, url: fileURLToPath(script.url) }))
      .filter(({ url }) => shouldInstrument(url, this.#coverage, this.#config))
  }

  getAllV8CoverageInfoCopy() {
    return this.#measured.map((result) => ({ result }))
  }

  getAllCoverageInfoCopy() {
    return undefined
  }

  getSourceMaps() {
    return new Map()
  }

  enterTestCode() {}

  leaveTestCode() {}

  teardown() {
    delete globalThis[TIME_LIMIT]
    mocker.restoreAllMocks()
  }
}
