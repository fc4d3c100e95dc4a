import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely'
import type { OpenTransaction } from './group-commit.ts'
import type { SqliteFile } from './sqlite-file.ts'

/** Kysely's driver for an SQLite file. The file does its own queueing. */
export class SqliteFileDriver implements Driver {
  readonly #file: SqliteFile

  constructor(file: SqliteFile) {
    this.#file = file
  }

  async init(): Promise<void> {
    await this.#file.open()
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return new FileConnection(this.#file)
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as FileConnection).begin()
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await (connection as FileConnection).commit()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    ;(connection as FileConnection).rollback()
  }

  async destroy(): Promise<void> {
    this.#file.close()
  }
}

/** Runs queries within the open transaction, of which there is never more than one. */
export class TransactionDriver implements Driver {
  readonly #connection: TransactionConnection

  constructor(file: SqliteFile) {
    this.#connection = new TransactionConnection(file)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(): Promise<void> {
    throw new Error('Transactions cannot be nested.')
  }

  async commitTransaction(): Promise<void> {}

  async rollbackTransaction(): Promise<void> {}

  async destroy(): Promise<void> {}
}

abstract class Connection implements DatabaseConnection {
  abstract executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>>

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query)
  }
}

class FileConnection extends Connection {
  readonly #file: SqliteFile
  #transaction: OpenTransaction | null = null

  constructor(file: SqliteFile) {
    super()
    this.#file = file
  }

  async begin(): Promise<void> {
    this.#transaction = await this.#file.begin()
  }

  async commit(): Promise<void> {
    const transaction = this.#transaction
    this.#transaction = null
    await transaction?.commit()
  }

  /** Also called after a failed commit, when nothing is left to undo. */
  rollback(): void {
    this.#transaction?.rollback()
    this.#transaction = null
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#transaction === null ? this.#file.run<R>(query) : this.#file.runInTransaction<R>(query)
  }
}

class TransactionConnection extends Connection {
  readonly #file: SqliteFile

  constructor(file: SqliteFile) {
    super()
    this.#file = file
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#file.runInTransaction<R>(query)
  }
}
