import { parentPort, workerData } from 'node:worker_threads'
import { checkCourseFiles } from './check-course-files.ts'

// The worker thread of course-checker.ts: checks one folder of courses and replies once.
parentPort?.postMessage(await checkCourseFiles(workerData as string))
