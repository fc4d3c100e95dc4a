import type { CourseResources } from '../core/course/parse/parse-resources.ts'
import { indexLibrary, type LibraryIndex, searchIndex } from '../core/course/search-library.ts'
import type { LibrarySearch } from '../flow/ports/library-ports.ts'
import type { Courses } from '../flow/ports/ports.ts'

/** Searches the libraries of the courses in memory. Each is indexed at its first search, once while it is loaded. */
export function createLibrarySearch(courses: Pick<Courses, 'resourcesOf'>): LibrarySearch {
  const indexes = {
    whole: new WeakMap<CourseResources, LibraryIndex>(),
    beginnings: new WeakMap<CourseResources, LibraryIndex>(),
  }
  return {
    async find(course, query, { whole }) {
      const resources = courses.resourcesOf(course)
      const known = whole ? indexes.whole : indexes.beginnings
      const index = known.get(resources) ?? indexLibrary(resources, { beginningsOnly: !whole })
      known.set(resources, index)
      return searchIndex(index, query)
    },
  }
}
