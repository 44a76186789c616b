import { describe, expect, it } from 'vitest';
import type { GatewayContext } from '../../../local/gateway/context.ts';
import { renderMappingTemplate } from '../../../local/gateway/mapping-template.ts';

const context = (): GatewayContext =>
  ({
    requestId: 'r1',
    requestTimeEpoch: 1_795_000_000_123,
    authorizer: { game: 'g1' },
    responseOverride: { header: {} },
  }) as unknown as GatewayContext;

const render = (template: string, body = '', used = context()) =>
  renderMappingTemplate(template, {
    body,
    params: { path: { id: 'p' }, querystring: { id: 'q', page: '2' }, header: { page: 'h', 'X-One': '1' } },
    context: used,
    stageVariables: { stream: 's1' },
  });

describe('a mapping template', () => {
  it.each([
    ['$context.requestId $context.requestTimeEpoch $context.authorizer.game', 'r1 1795000000123 g1'],
    ['$stageVariables.stream ${stageVariables.stream}', 's1 s1'],
    ["$input.params('id') $input.params('page') $input.params('X-One') [$input.params('nothing')]", 'p 2 1 []'],
    ["$input.params().header.get('X-One') $input.params().path.id", '1 p'],
    ['#foreach($name in $input.params().querystring.keySet())$name#if($foreach.hasNext),#end#end', 'id,page'],
    ["$util.base64Encode('é') $util.base64Decode('w6k=')", 'w6k= é'],
    ["$util.urlEncode('a b&ä~') $util.urlDecode('a+b%26%C3%A4')", 'a+b%26%C3%A4%7E a b&ä'],
    ["$util.escapeJavaScript('\"x/é')", '\\"x\\/\\u00E9'],
    ['#set($o = $util.parseJson(\'{"a":[1,{"b":2.50}]}\'))$o.a[1].b', '2.50'],
    ["#set($s = 'abc')#if($s.contains('b') && $s.length() == 3 && !$s.isEmpty())$s.replaceAll('[ab]', 'x')#end", 'xxc'],
  ])('renders %s', (template, expected) => {
    expect(render(template)).toBe(expected);
  });

  it('walks through the body', () => {
    const body = '{"events":[{"n":1.0,"s":"a\\"b"},{"n":20000000000000000000}],"o":{"x":true}}';
    expect(render("$input.path('$.events').size() $input.path('$.events[0].n') $input.path('$.o.x')", body)).toBe(
      '2 1.0 true',
    );
    expect(render("#foreach($e in $input.path('$.events'))<$e.n>#end", body)).toBe('<1.0><20000000000000000000>');
    expect(render("$input.json('$.events') $input.json('$.nothing')|", body)).toBe(
      '[{"n":1.0,"s":"a\\"b"},{"n":20000000000000000000}] |',
    );
    expect(render('$input.body', body)).toBe(body);
  });

  it('leaves template text in the data alone', () => {
    const body = JSON.stringify({ s: '$context.requestId #set($x = 1) ${y} $!z #end ## **' });
    expect(render('#set($all = "<$input.json(\'$\')>")$all', body)).toBe(`<${body}>`);
  });

  it('sets what the answer overrides', () => {
    const used = context();
    render(
      "#set($context.responseOverride.status = 429)#set($context.responseOverride.header.Retry-After = '1')",
      '',
      used,
    );
    render("#set($context.responseOverride.header['X-A'] = 'b')", '', used);
    expect(used.responseOverride).toEqual({ status: 429, header: { 'Retry-After': '1', 'X-A': 'b' } });
  });

  it('has nothing of an empty body', () => {
    expect(render("[$input.json('$')] [$!input.path('$.a')]")).toBe('[] []');
  });

  it('answers 400 to a body that is not JSON, without quoting it', () => {
    expect(() => render("$input.json('$')", '{"secret"')).toThrow(
      expect.objectContaining({
        type: 'BAD_REQUEST_BODY',
        status: 400,
        message: expect.not.stringContaining('secret'),
      }),
    );
  });
});
