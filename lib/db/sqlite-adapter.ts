import { PrismaBetterSqlite3 } from "@prisma/adapter-better-sqlite3";

type Connection = Awaited<ReturnType<PrismaBetterSqlite3["connect"]>>;
type Transaction = Awaited<ReturnType<Connection["startTransaction"]>>;

/**
 * One SQLite connection serves everything, so a plain query issued while a transaction is open would run inside it: it
 * would read what is not committed and vanish with a rollback. Here plain queries wait until the transaction has ended.
 * Inside a transaction's callback use its own client only; the root client would wait for ever.
 */
export class SerializedSqlite extends PrismaBetterSqlite3 {
  override async connect(): Promise<Connection> {
    const connection = await super.connect();
    let tail: Promise<void> = Promise.resolve();
    let open = false;

    const { queryRaw, executeRaw, executeScript } = connection;
    const begin = connection.startTransaction.bind(connection);
    connection.startTransaction = async (...args) => {
      const before = tail;
      const { promise, resolve } = Promise.withResolvers<void>();
      tail = promise;
      const end = () => {
        open = false;
        resolve();
      };
      await before;
      open = true;
      try {
        const transaction = await begin(...args);
        // one that reads first and then writes would fail at once where another process has written in between
        await executeScript.call(connection, "COMMIT; BEGIN IMMEDIATE");
        return endingWith(transaction, end);
      } catch (error) {
        end();
        throw error;
      }
    };

    const idle = async () => {
      while (open) await tail;
    };
    connection.queryRaw = async (query) => {
      await idle();
      return queryRaw.call(connection, query);
    };
    connection.executeRaw = async (query) => {
      await idle();
      return executeRaw.call(connection, query);
    };
    connection.executeScript = async (script) => {
      await idle();
      return executeScript.call(connection, script);
    };
    return connection;
  }
}

function endingWith(transaction: Transaction, end: () => void): Transaction {
  for (const verb of ["commit", "rollback"] as const) {
    const native = transaction[verb].bind(transaction);
    transaction[verb] = async () => {
      try {
        await native();
      } finally {
        end();
      }
    };
  }
  return transaction;
}
