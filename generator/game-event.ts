/** An event as a game sends it: the envelope of the event contract. */
export interface GameEvent {
  readonly event_id: string;
  readonly event_type: string;
  readonly event_name?: string;
  readonly event_version?: string;
  /** Seconds since the epoch, or milliseconds, as the sender likes. */
  readonly event_timestamp: number;
  readonly app_version?: string;
  readonly player_id?: string;
  readonly session_id?: string;
  readonly event_data?: Readonly<Record<string, unknown>>;
}

/** An event together with what the generator knows about it, whatever its fields say. */
export interface LivedEvent {
  readonly event: GameEvent;
  /** When it happened: milliseconds since the epoch. */
  readonly at: number;
  /**
   * Which of the player's sessions it belongs to, from 1, and from -1 down where a sender of session_id left it out;
   * undefined where no player is named.
   */
  readonly session: number | undefined;
  /** The country its request comes from, as CloudFront would say. */
  readonly country: string;
}
