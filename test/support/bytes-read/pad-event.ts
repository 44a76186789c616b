import type { GameEvent } from '../../../generator/game-event.ts';

const devices = [
  ['iPhone15,3', 'iOS 18.1.1', 'Apple A16 GPU', 'wifi', '2796x1290'],
  ['SM-S928B', 'Android 15', 'Adreno 750', 'cellular', '3120x1440'],
  ['Pixel 9', 'Android 15', 'Mali-G715', 'wifi', '2424x1080'],
  ['iPad14,5', 'iPadOS 18.1', 'Apple M2 GPU', 'wifi', '2732x2048'],
  ['Steam Deck', 'SteamOS 3.6.20', 'AMD VanGogh', 'ethernet', '1280x800'],
] as const;

const locales = ['de_DE', 'en_US', 'fr_FR', 'ja_JP', 'pt_BR'] as const;

/**
 * The event with the words about device and build that games send along, as JSON of about `bytes`. A player keeps the
 * device, so that the padding compresses as well as such words do.
 */
export function padEvent(event: GameEvent, bytes: number): string {
  const player = sumOf(event.player_id ?? event.event_id);
  const [model, system, gpu, network, screen] = devices[player % devices.length]!;
  const context: Record<string, unknown> = {
    device_model: model,
    os_version: system,
    gpu,
    connection: network,
    screen,
    locale: locales[player % locales.length],
    sdk_version: '5.12.0',
    build_number: `${event.app_version ?? '1.0.0'}+${4_000 + (player % 17)}`,
    time_zone_offset: 60 * ((player % 24) - 12),
    is_tracking_limited: player % 3 === 0,
  };
  const data = { ...event.event_data } as Record<string, unknown>;
  const padded = { ...event, event_data: data };
  let length = JSON.stringify(padded).length;
  for (const [name, value] of Object.entries(context)) {
    if (length + name.length + 8 + String(value).length > bytes) break;
    const isFirst = Object.keys(data).length === 0;
    length -= name in data ? `,"${name}":${JSON.stringify(data[name])}`.length : 0;
    data[name] = value;
    length += `,"${name}":${JSON.stringify(value)}`.length - (isFirst ? 1 : 0);
  }
  const missing = bytes - length - '"notes":"",'.length;
  if (missing > 0) data['notes'] = 'season pass; tutorial finished; '.repeat(20).slice(0, missing);
  return JSON.stringify(padded);
}

function sumOf(text: string): number {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + character.charCodeAt(0)) % 65_521;
  return sum;
}
