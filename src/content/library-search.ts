import type { Course } from '../core/course/course.ts'
import type { CourseResources } from '../core/course/parse/parse-resources.ts'
import {
  indexLibrary,
  indexQuestion,
  type LibraryIndex,
  type LibraryPart,
  searchIndex,
} from '../core/course/search-library.ts'
import type { LibrarySearch } from '../flow/ports/library-ports.ts'
import type { Courses } from '../flow/ports/ports.ts'
import type { PublishedQuestions } from '../flow/ports/publication-ports.ts'

/**
 * Searches the libraries of the courses in memory. The files of each are indexed at its first search, once while it is
 * loaded. What stands there of learners' questions is read from the database at every search, so that a withdrawal counts
 * in every process from its commit on; each question is indexed once.
 */
export function createLibrarySearch(
  courses: Pick<Courses, 'get' | 'resourcesOf'>,
  published: Pick<PublishedQuestions, 'list' | 'find'>,
): LibrarySearch {
  const ofFiles = {
    whole: new WeakMap<CourseResources, LibraryIndex>(),
    beginnings: new WeakMap<CourseResources, LibraryIndex>(),
  }
  const ofLearners = {
    whole: new Map<string, ReadonlyMap<string, LibraryIndex>>(),
    beginnings: new Map<string, ReadonlyMap<string, LibraryIndex>>(),
  }

  const indexFiles = (part: LibraryPart, course: Course): LibraryIndex => {
    const resources = courses.resourcesOf(course.name)
    const index = ofFiles[part].get(resources) ?? indexLibrary(resources, part)
    ofFiles[part].set(resources, index)
    return index
  }

  const indexLearners = async (part: LibraryPart, course: Course): Promise<LibraryIndex> => {
    const known = ofLearners[part].get(course.name)
    const ids = (await published.list(course)).map(({ id }) => id)
    const added = await published.find(
      course,
      ids.filter((id) => known?.has(id) !== true),
    )
    const indexed = new Map(added.map((question) => [question.id, indexQuestion(question, part, question.language)]))
    // What is no longer listed is dropped.
    const current = new Map(
      ids.flatMap((id) => {
        const index = known?.get(id) ?? indexed.get(id)
        return index === undefined ? [] : [[id, index] as const]
      }),
    )
    ofLearners[part].set(course.name, current)
    return [...current.values()].flat()
  }

  return {
    async find(name, query, { whole }) {
      const course = courses.get(name)
      if (course === null) return []
      const part = whole ? 'whole' : 'beginnings'
      return searchIndex([...indexFiles(part, course), ...(await indexLearners(part, course))], query)
    },
  }
}
