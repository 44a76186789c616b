import { gameName } from '../generator/game-design.ts';
import type { GeneratedGame } from '../generator/generate.ts';
import type { AdminClient } from './admin-client.ts';

/** Registers new games, each with a token, through the admin API. New ones each time, so that a run's truth is whole. */
export async function registerGames(admin: AdminClient, count: number): Promise<GeneratedGame[]> {
  const games: GeneratedGame[] = [];
  for (let index = 0; index < count; index += 1) {
    const name = gameName(index);
    const { ApplicationId: applicationId } = await admin.createApplication(name, 'synthetic events of the generator');
    const { ApiKeyValue: token } = await admin.createAuthorization(applicationId, 'generator');
    if (token === undefined) throw new Error(`the answer that created a token for ${applicationId} holds none`);
    games.push({ applicationId, name, token });
  }
  return games;
}
