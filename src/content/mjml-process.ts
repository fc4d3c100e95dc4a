// A process of its own, which ends with its work: MJML takes more memory than all the rest of the service.
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
        // No web fonts: a mail fetches nothing from anywhere.
        fonts: {},
        keepComments: false,
      })
      results.push({ html })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const errors = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : null
      // As plain values: an error of MJML's own does not cross from one process to another as it is.
      results.push({ message, errors: errors && JSON.parse(JSON.stringify(errors)) })
    }
  }
  process.send?.(results, () => process.disconnect())
})
