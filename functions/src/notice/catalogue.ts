import en from './texts/en.json' with { type: 'json' };
import fr from './texts/fr.json' with { type: 'json' };
import de from './texts/de.json' with { type: 'json' };
import es from './texts/es.json' with { type: 'json' };
import es419 from './texts/es-419.json' with { type: 'json' };
import pt from './texts/pt.json' with { type: 'json' };
import ptPT from './texts/pt-PT.json' with { type: 'json' };
import it from './texts/it.json' with { type: 'json' };
import nl from './texts/nl.json' with { type: 'json' };
import sv from './texts/sv.json' with { type: 'json' };
import da from './texts/da.json' with { type: 'json' };
import nb from './texts/nb.json' with { type: 'json' };
import fi from './texts/fi.json' with { type: 'json' };
import pl from './texts/pl.json' with { type: 'json' };
import cs from './texts/cs.json' with { type: 'json' };
import hu from './texts/hu.json' with { type: 'json' };
import ro from './texts/ro.json' with { type: 'json' };
import el from './texts/el.json' with { type: 'json' };
import ru from './texts/ru.json' with { type: 'json' };
import uk from './texts/uk.json' with { type: 'json' };
import tr from './texts/tr.json' with { type: 'json' };
import he from './texts/he.json' with { type: 'json' };
import ar from './texts/ar.json' with { type: 'json' };
import hi from './texts/hi.json' with { type: 'json' };
import th from './texts/th.json' with { type: 'json' };
import vi from './texts/vi.json' with { type: 'json' };
import id from './texts/id.json' with { type: 'json' };
import ja from './texts/ja.json' with { type: 'json' };
import ko from './texts/ko.json' with { type: 'json' };
import zh from './texts/zh.json' with { type: 'json' };
import zhHant from './texts/zh-Hant.json' with { type: 'json' };
import type { ActionLabels, NoticeText } from '../callback/notice-text.ts';
import type { NoticeEvent } from '../callback/notice-event.ts';
import type { CallDirection } from '../callback/fields.ts';

/** The words of one language: all of one file in `texts/`. */
export interface Texts extends Readonly<Record<NoticeEvent, NoticeText>>, ActionLabels {
  /** Where the consumer dials, "we will call you" would be wrong. */
  readonly consumerDials: Readonly<Partial<Record<NoticeEvent, NoticeText>>>;
  /** What `{access}` becomes; nothing where the group hands out no code. */
  readonly access: string;
  /** What `{validity}` becomes; nothing where there is no end to speak of. */
  readonly validity: string;
}

/**
 * The catalogue, by BCP 47 tag. `es` is of Spain and `es-419` of Latin America, `pt` of Brazil and `pt-PT` of Portugal, `zh`
 * simplified and `zh-Hant` traditional Chinese: what the short tag means by CLDR.
 */
export const catalogue: Readonly<Record<string, Texts>> & { readonly en: Texts } = {
  en,
  fr,
  de,
  es,
  'es-419': es419,
  pt,
  'pt-PT': ptPT,
  it,
  nl,
  sv,
  da,
  nb,
  fi,
  pl,
  cs,
  hu,
  ro,
  el,
  ru,
  uk,
  tr,
  he,
  ar,
  hi,
  th,
  vi,
  id,
  ja,
  ko,
  zh,
  'zh-Hant': zhHant,
};

/** What a catalogue says of an event, to somebody who is called or who dials. */
export function catalogueText(texts: Texts, event: NoticeEvent, direction: CallDirection): NoticeText {
  const own = direction === 'USERORIGINATED' ? texts.consumerDials[event] : undefined;
  return own ?? texts[event];
}
