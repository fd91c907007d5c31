/** Hints about what databases answer, by the codes of their drivers. */

import { type HintProvider, propertyText, whenCode, whenMessage } from './hint-provider.ts'

/** In the order asked. Codes of five digits are those of PostgreSQL, `ER_…` those of MySQL. */
export const DATABASE_HINTS: readonly HintProvider[] = [
  whenMessage(
    'no-table',
    /(?:relation|no such table:?|Table) ["'`]?([\w.]{1,120})["'`]?(?: does(?: not|n't) exist)?/,
    ([, table], { error }) =>
      ['42P01', 'SQLITE_ERROR', 'ER_NO_SUCH_TABLE'].includes(error.code ?? '') &&
      /exist|no such table/.test(error.message)
        ? {
            title: `The table \`${table}\` does not exist.`,
            text: 'Have the migrations run on this database? Is it the right database and schema?',
          }
        : undefined,
  ),
  whenMessage(
    'no-column',
    /column ["'`]?([\w.]{1,120})["'`]? (?:of relation .{1,120} )?does not exist|no such column:? ([\w.]{1,120})|Unknown column '([^']{1,120})'/,
    ([, a, b, c], facts) => {
      const meant = propertyText(facts, 'hint')
      return {
        title: `The column \`${a ?? b ?? c}\` does not exist.`,
        text:
          meant === ''
            ? 'Check its spelling, and whether the migrations have run. PostgreSQL folds names without quotes to lower case.'
            : `The database says: ${meant}`,
      }
    },
  ),
  whenCode(
    'duplicate-row',
    ['23505', 'ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', '11000', 'P2002'],
    (facts) => {
      const constraint = propertyText(facts, 'constraint').replaceAll('`', '')
      return {
        title: `A row with this value exists already${constraint === '' ? '' : ` (\`${constraint}\`)`}.`,
        text: 'Answer 409, or insert with `ON CONFLICT`. Checking before inserting is not enough: two requests may check at once.',
      }
    },
  ),
  whenCode(
    'foreign-key',
    ['23503', 'ER_NO_REFERENCED_ROW_2', 'ER_ROW_IS_REFERENCED_2', 'SQLITE_CONSTRAINT_FOREIGNKEY', 'P2003'],
    () => ({
      title: 'The row points to one that is not there, or others point to it.',
      text: 'Insert what it points to first; delete what points to it first.',
    }),
  ),
  whenCode('not-null', ['23502', 'ER_BAD_NULL_ERROR', 'SQLITE_CONSTRAINT_NOTNULL'], (facts) => {
    const column = propertyText(facts, 'column').replaceAll('`', '')
    return {
      title: `${column === '' ? 'A column' : `The column \`${column}\``} must have a value.`,
      text: 'The value was missing in what was inserted.',
    }
  }),
  whenCode('database-login', ['28P01', '28000', 'ER_ACCESS_DENIED_ERROR'], () => ({
    title: 'The database refused user or password.',
    text: 'Check the connection settings. Special characters of a password in a URL must be percent-encoded.',
  })),
  whenCode('no-database', ['3D000', 'ER_BAD_DB_ERROR'], () => ({
    title: 'There is no database of this name.',
    text: 'Create it, and run the migrations.',
  })),
  whenCode('too-many-connections', ['53300', 'ER_CON_COUNT_ERROR'], () => ({
    title: 'The database has no connection left.',
    text: 'Use one pool for the whole process, and give connections back in `finally`. A reload that does not close the old pool leaks one each time.',
  })),
  whenCode('database-locked', ['SQLITE_BUSY'], () => ({
    title: 'Another connection is writing to the database.',
    text: 'Set a busy timeout (`PRAGMA busy_timeout = 5000`) and WAL mode, and keep transactions short.',
  })),
  whenCode('deadlock', ['40P01', 'ER_LOCK_DEADLOCK'], () => ({
    title: 'Two transactions waited for each other.',
    text: 'Run it again: it is safe. Touch rows in the same order everywhere to make it rare.',
  })),
]
