import type { LibraryHit } from '../../core/course/search-library.ts'

export interface LibrarySearch {
  /**
   * What has all words of the query, best first; empty for an unknown course and a query without words. Case and accents
   * make no difference, and the beginning of a word is enough. `whole` false: only in what everybody may read.
   */
  find(course: string, query: string, options: { readonly whole: boolean }): Promise<readonly LibraryHit[]>
}
