// What `@jest/globals` is for the tests. The bindings follow the test file that runs: modules in test/support, which are loaded
// once, see the functions of each file in turn.
export let afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test

export function use(globals) {
  ;({ afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } = globals)
}
