import type { Crawlers } from '../../glue/crawlers.ts';
import type { JsonAction } from '../protocol.ts';
import { listPage, textInput } from './inputs.ts';

/** The Glue actions on crawlers. */
export function crawlerActions(crawlers: Crawlers): Readonly<Record<string, JsonAction>> {
  return {
    ListCrawlers: async (input, request) => {
      request.authorize('glue:ListCrawlers', 'crawler/*');
      return listPage('CrawlerNames', crawlers.names(), input);
    },
    GetCrawlers: async (input, request) => {
      request.authorize('glue:GetCrawlers', 'crawler/*');
      return listPage('Crawlers', crawlers.names().map(crawlers.describe), input);
    },
    GetCrawler: async (input, request) => {
      const name = textInput(input, 'Name');
      request.authorize('glue:GetCrawler', `crawler/${name}`);
      return { Crawler: crawlers.describe(name) };
    },
    GetCrawlerMetrics: async (input, request) => {
      request.authorize('glue:GetCrawlerMetrics', 'crawler/*');
      const wanted = Array.isArray(input.CrawlerNameList) ? input.CrawlerNameList.map(String) : [];
      const names = crawlers.names().filter((name) => wanted.length === 0 || wanted.includes(name));
      return listPage('CrawlerMetricsList', names.map(crawlers.metrics), input);
    },
    StartCrawler: async (input, request) => {
      const name = textInput(input, 'Name');
      request.authorize('glue:StartCrawler', `crawler/${name}`);
      crawlers.start(name);
      return {};
    },
    StopCrawler: async (input, request) => {
      const name = textInput(input, 'Name');
      request.authorize('glue:StopCrawler', `crawler/${name}`);
      crawlers.stop(name);
      return {};
    },
  };
}
