/** Something that a role may do, and that nothing on the laptop needs: what it is for, by whose word. */
export interface NotExercised {
  /** Fits the statement's policy, e.g. `playlake-dev-api/AdminRoleDefaultPolicy…[3]`. */
  readonly role: RegExp;
  /** These actions alone; undefined: the whole statement. */
  readonly actions?: readonly string[];
  /** Resources alone that no call names. */
  readonly resource?: RegExp;
  readonly reason: string;
  /** Where AWS says so. */
  readonly source: string;
}

/** What no stand-in can exercise. An entry that excuses nothing any more is a problem too. */
export const notExercised: readonly NotExercised[] = [];
