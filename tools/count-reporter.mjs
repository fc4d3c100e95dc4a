// Writes the counts of a Jest run to the file in TEST_COUNTS, for tools/test.mjs to add up.
import { writeFileSync } from 'node:fs'

export default class CountReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.TEST_COUNTS
    if (!file) return
    const emptySuites = results.testResults
      .filter((suite) => suite.testExecError || suite.failureMessage)
      .filter((suite) => suite.numFailingTests === 0).length
    writeFileSync(
      file,
      JSON.stringify({
        passed: results.numPassedTests,
        // Counts test files that cannot be loaded and skipped tests as failures.
        failed: results.numFailedTests + emptySuites + results.numPendingTests + results.numTodoTests,
      }),
    )
  }
}
