/** A statement that the warehouse ran and could not finish. */
export class StatementError extends Error {
  override readonly name = 'StatementError';
}
