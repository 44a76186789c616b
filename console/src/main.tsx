import { render } from 'preact';
import { Console } from './console.tsx';

const place = document.querySelector('#console');
if (!place) throw new Error('the page has no place for the console');
place.replaceChildren();
render(<Console />, place);
