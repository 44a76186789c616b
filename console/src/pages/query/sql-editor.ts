import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { sql, StandardSQL } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export interface SqlEditorOptions {
  /** Below it the editor lives in a shadow root: its styles are constructed sheets there, which the policy lets in. */
  readonly host: HTMLElement;
  readonly text: string;
  /** Columns by table, to complete names from. */
  readonly schema: Readonly<Record<string, readonly string[]>>;
  readonly isDark: boolean;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
}

export interface SqlEditor {
  readonly setText: (text: string) => void;
  readonly destroy: () => void;
}

/** Contrast of 4.5 to one on the editor's background in either theme. */
const colours = {
  light: { keyword: '#00558a', string: '#8a3b00', number: '#00664a', comment: '#51606e' },
  dark: { keyword: '#8cc7ee', string: '#f5b183', number: '#7fdcbd', comment: '#a9b7c4' },
} as const;

const highlighting = ({ keyword, string, number, comment }: Readonly<Record<string, string>>): HighlightStyle =>
  HighlightStyle.define([
    { tag: tags.keyword, color: keyword, fontWeight: 'bold' },
    { tag: tags.string, color: string },
    { tag: [tags.number, tags.bool, tags.null], color: number },
    { tag: tags.comment, color: comment },
  ]);

/** An editor for SQL. Tab moves on to the next control, as everywhere on the page. */
export function createSqlEditor({ host, text, schema, isDark, onChange, onRun }: SqlEditorOptions): SqlEditor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  root.replaceChildren();
  const tables = Object.fromEntries(Object.entries(schema).map(([table, columns]) => [table, [...columns]]));
  const runKey = {
    key: 'Mod-Enter',
    run: () => {
      onRun();
      return true;
    },
  };
  const ink = isDark ? '#e8eef4' : '#1b2733';
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(keymap.of([runKey])),
        lineNumbers(),
        history(),
        drawSelection(),
        bracketMatching(),
        autocompletion(),
        sql({ dialect: StandardSQL, schema: tables, upperCaseKeywords: true }),
        syntaxHighlighting(highlighting(colours[isDark ? 'dark' : 'light'])),
        EditorView.contentAttributes.of({ 'aria-label': 'SQL' }),
        EditorView.lineWrapping,
        EditorView.domEventHandlers({ beforeinput: typeOneself }),
        EditorView.theme(
          {
            '&': { fontSize: '14px', color: ink },
            '.cm-content': { minHeight: '9rem', caretColor: ink },
            '.cm-gutters': { background: 'transparent', color: isDark ? '#a9b7c4' : '#51606e', border: 'none' },
          },
          { dark: isDark },
        ),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
        keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      ],
    }),
  });
  return {
    setText: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    destroy: () => view.destroy(),
  };
}

/**
 * Puts typed text into the document instead of letting the browser do it: typing over highlighted text it would make inline
 * styles of the highlighting, which the policy refuses.
 */
function typeOneself(event: InputEvent, view: EditorView): boolean {
  if (event.inputType !== 'insertText' || event.data === null || event.isComposing || view.composing) return false;
  event.preventDefault();
  view.dispatch(view.state.replaceSelection(event.data), { scrollIntoView: true, userEvent: 'input.type' });
  return true;
}
