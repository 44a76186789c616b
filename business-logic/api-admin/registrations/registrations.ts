/** What the tables of the lake say of players' registrations for games. */
export interface Registrations {
  /** How many are open for a game, as far as the tables know. */
  countOpen(gameId: string): Promise<number>;
  /** When the workflow's last run began, if that succeeded: the tables know whatever had been delivered before. */
  lastRunAt(): Promise<Date | undefined>;
}
