/**
 * What really happened in one run of the generator, from its own decisions. Days and months are UTC; months are their
 * first day; money is a decimal string with four places. Lists are in no order that matters.
 */
export interface Truth {
  readonly seed: string;
  /** First and last day on which an accepted event happened. */
  readonly first_date: string;
  readonly last_date: string;
  /** Events sent, each copy counted; requests sent again without an answer are not. */
  readonly sent: number;
  /** Events whose request was answered with success. */
  readonly acknowledged: number;
  /** Accepted events, each (application_id, event_id) once. */
  readonly accepted: number;
  /** Further copies of accepted events. */
  readonly duplicates: number;
  readonly rejected: number;
  /** Events held back and sent later than events that happened after them. */
  readonly late: number;
  readonly applications: readonly ApplicationTruth[];
  readonly rejected_events: readonly {
    /** An application that may be unregistered. */
    readonly application_id: string;
    readonly reason: string;
    readonly events: number;
  }[];
  readonly events_per_day: readonly {
    readonly application_id: string;
    readonly event_date: string;
    readonly event_type: string;
    readonly events: number;
  }[];
  readonly active_players_per_day: readonly DayCount[];
  readonly new_players_per_day: readonly DayCount[];
  readonly new_players_by_month: readonly {
    readonly application_id: string;
    readonly month: string;
    readonly players: number;
  }[];
  /** Of the players new on a day, those who came back exactly one or seven days later; null until that day is over. */
  readonly retention: readonly {
    readonly application_id: string;
    readonly event_date: string;
    readonly players: number;
    readonly day_1: number | null;
    readonly day_7: number | null;
  }[];
  /** Sessions by the day they begin on. */
  readonly sessions_per_day: readonly {
    readonly application_id: string;
    readonly event_date: string;
    readonly sessions: number;
    /** Last event minus first, summed. */
    readonly session_milliseconds: number;
  }[];
  readonly revenue_by_month: readonly {
    readonly application_id: string;
    readonly month: string;
    readonly currency_type: string;
    readonly purchases: number;
    readonly payers: number;
    readonly revenue: string;
  }[];
  readonly levels: readonly {
    readonly application_id: string;
    readonly level_id: string;
    readonly level_version: string;
    readonly starts: number;
    readonly failures: number;
    readonly completions: number;
  }[];
  readonly ratings_per_day: readonly {
    readonly application_id: string;
    readonly event_date: string;
    readonly ratings: number;
    readonly rating_sum: number;
  }[];
  readonly player_reports: readonly {
    readonly application_id: string;
    readonly report_reason: string;
    readonly reports: number;
  }[];
}

export interface ApplicationTruth {
  readonly application_id: string;
  readonly name: string;
  readonly accepted: number;
  readonly duplicates: number;
  readonly players: number;
}

export interface DayCount {
  readonly application_id: string;
  readonly event_date: string;
  readonly players: number;
}
