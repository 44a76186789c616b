/** An event that is valid in every respect; what a test is about is given over it. */
export function anEvent(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    event_id: '018f3a2b-7c4d-7e5f-8a9b-0c1d2e3f4a5b',
    event_type: 'level_started',
    event_timestamp: 1_790_000_000.5,
    player_id: 'player-1',
    session_id: 'session-1',
    app_version: '1.4.2',
    event_data: { level_id: '9', level_version: '2' },
    ...overrides,
  };
}
