// Runs as a short-lived child process: MJML needs more memory than the rest of the service together.
import mjml2html from 'mjml'
import type { CompiledMjml, MjmlSource } from './compile-mjml.ts'

process.once('message', async (sources: readonly MjmlSource[]) => {
  const results: CompiledMjml[] = []
  for (const { path, text } of sources) {
    try {
      const { html } = await mjml2html(text, {
        validationLevel: 'strict',
        ignoreIncludes: false,
        filePath: path,
        actualPath: path,
        // No web fonts: emails must not load remote content.
        fonts: {},
        keepComments: false,
      })
      results.push({ html })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const errors = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : null
      // MJML's error objects cannot be cloned between processes, so send plain values.
      results.push({ message, errors: errors && JSON.parse(JSON.stringify(errors)) })
    }
  }
  process.send?.(results, () => process.disconnect())
})
