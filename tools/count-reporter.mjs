// Leaves the counts of a Jest run in the file named by TEST_COUNTS, for tools/test.mjs to add up.
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
        // A file that could not even be loaded holds no test cases but is a failure all the same, and so is a skipped test.
        failed: results.numFailedTests + emptySuites + results.numPendingTests + results.numTodoTests,
      }),
    )
  }
}
