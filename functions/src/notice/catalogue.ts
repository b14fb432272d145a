import type { CallDirection } from '../callback/fields.ts';
import type { NoticeEvent } from '../callback/notice-event.ts';
import type { NoticeText } from '../callback/settings.ts';

/** The words of one language: a text for each event, and the labels of the two actions. */
export interface Texts {
  readonly events: Readonly<Record<NoticeEvent, NoticeText>>;
  /** Where the consumer dials, "we will call you" would be wrong. */
  readonly upcomingWhenConsumerDials: NoticeText;
  /** What `{access}` becomes where there is an access code; nothing where the group hands out none. */
  readonly accessCode: string;
  readonly confirm: string;
  readonly cancel: string;
}

/**
 * The catalogue, by BCP 47 tag. `pt` is Brazilian Portuguese and `zh` simplified Chinese: under the short tag BCP 47
 * lookup finds them from every regional variant, which serves a reader better than English.
 */
export const catalogue: Readonly<Record<string, Texts>> = {
  en: {
    events: {
      CALLBACK_UPCOMING: { title: 'Your callback is near', body: 'We expect to call you in about {minutes} min.' },
      CALLBACK_READY: {
        title: 'It is your turn',
        body: 'An agent is ready for you. Confirm to get the number to call.',
      },
      CALLBACK_CALL_IN: { title: 'Call us now', body: 'Call {number}. {access}Valid for {minutes} min.' },
      CALLBACK_PURGED: {
        title: 'Your callback was cancelled',
        body: 'We could not call you back in time. Please request a new callback.',
      },
      CALLBACK_ATTEMPT_FAILED: {
        title: 'We tried to reach you',
        body: 'We could not reach you by phone. We will try again.',
      },
      CALLBACK_FINAL_ATTEMPT_FAILED: {
        title: 'We could not reach you',
        body: 'That was our last attempt. Please request a new callback.',
      },
    },
    upcomingWhenConsumerDials: { title: 'Your turn is near', body: 'You can call us in about {minutes} min.' },
    accessCode: 'Code {code}. ',
    confirm: 'Confirm',
    cancel: 'Cancel callback',
  },
  fr: {
    events: {
      CALLBACK_UPCOMING: {
        title: 'Votre rappel approche',
        body: 'Nous pensons vous appeler dans environ {minutes} min.',
      },
      CALLBACK_READY: {
        title: 'C’est votre tour',
        body: 'Un conseiller est prêt. Confirmez pour obtenir le numéro à appeler.',
      },
      CALLBACK_CALL_IN: {
        title: 'Appelez-nous maintenant',
        body: 'Appelez le {number}. {access}Valable {minutes} min.',
      },
      CALLBACK_PURGED: {
        title: 'Votre rappel est annulé',
        body: 'Nous n’avons pas pu vous rappeler à temps. Demandez un nouveau rappel.',
      },
      CALLBACK_ATTEMPT_FAILED: {
        title: 'Nous avons essayé de vous joindre',
        body: 'Nous n’avons pas pu vous joindre. Nous réessaierons.',
      },
      CALLBACK_FINAL_ATTEMPT_FAILED: {
        title: 'Nous n’avons pas pu vous joindre',
        body: 'C’était notre dernière tentative. Demandez un nouveau rappel.',
      },
    },
    upcomingWhenConsumerDials: {
      title: 'Votre tour approche',
      body: 'Vous pourrez nous appeler dans environ {minutes} min.',
    },
    accessCode: 'Code {code}. ',
    confirm: 'Confirmer',
    cancel: 'Annuler le rappel',
  },
  de: {
    events: {
      CALLBACK_UPCOMING: {
        title: 'Ihr Rückruf steht bevor',
        body: 'Wir rufen Sie voraussichtlich in etwa {minutes} Min. an.',
      },
      CALLBACK_READY: {
        title: 'Sie sind an der Reihe',
        body: 'Wir sind bereit für Sie. Bestätigen Sie, um die Rufnummer zu erhalten.',
      },
      CALLBACK_CALL_IN: {
        title: 'Rufen Sie uns jetzt an',
        body: 'Wählen Sie {number}. {access}Gültig für {minutes} Min.',
      },
      CALLBACK_PURGED: {
        title: 'Ihr Rückruf wurde storniert',
        body: 'Wir konnten Sie nicht rechtzeitig zurückrufen. Bitte fordern Sie einen neuen Rückruf an.',
      },
      CALLBACK_ATTEMPT_FAILED: {
        title: 'Wir haben Sie nicht erreicht',
        body: 'Unser Anruf kam nicht durch. Wir versuchen es noch einmal.',
      },
      CALLBACK_FINAL_ATTEMPT_FAILED: {
        title: 'Wir konnten Sie nicht erreichen',
        body: 'Das war unser letzter Versuch. Bitte fordern Sie einen neuen Rückruf an.',
      },
    },
    upcomingWhenConsumerDials: {
      title: 'Sie sind bald an der Reihe',
      body: 'Sie können uns in etwa {minutes} Min. anrufen.',
    },
    accessCode: 'Code {code}. ',
    confirm: 'Bestätigen',
    cancel: 'Rückruf stornieren',
  },
  es: {
    events: {
      CALLBACK_UPCOMING: { title: 'Su llamada está próxima', body: 'Le llamaremos en unos {minutes} min.' },
      CALLBACK_READY: {
        title: 'Es su turno',
        body: 'Un agente está listo. Confirme para obtener el número al que llamar.',
      },
      CALLBACK_CALL_IN: { title: 'Llámenos ahora', body: 'Llame al {number}. {access}Válido durante {minutes} min.' },
      CALLBACK_PURGED: {
        title: 'Su llamada se ha cancelado',
        body: 'No pudimos llamarle a tiempo. Solicite una nueva llamada.',
      },
      CALLBACK_ATTEMPT_FAILED: {
        title: 'Intentamos contactarle',
        body: 'No pudimos contactarle por teléfono. Lo intentaremos de nuevo.',
      },
      CALLBACK_FINAL_ATTEMPT_FAILED: {
        title: 'No pudimos contactarle',
        body: 'Fue nuestro último intento. Solicite una nueva llamada.',
      },
    },
    upcomingWhenConsumerDials: { title: 'Su turno está próximo', body: 'Podrá llamarnos en unos {minutes} min.' },
    accessCode: 'Código {code}. ',
    confirm: 'Confirmar',
    cancel: 'Cancelar la llamada',
  },
  pt: {
    events: {
      CALLBACK_UPCOMING: {
        title: 'Seu retorno está próximo',
        body: 'Devemos ligar para você em cerca de {minutes} min.',
      },
      CALLBACK_READY: {
        title: 'É a sua vez',
        body: 'Um atendente está pronto. Confirme para receber o número para ligar.',
      },
      CALLBACK_CALL_IN: {
        title: 'Ligue para nós agora',
        body: 'Ligue para {number}. {access}Válido por {minutes} min.',
      },
      CALLBACK_PURGED: {
        title: 'Seu retorno foi cancelado',
        body: 'Não conseguimos ligar a tempo. Solicite um novo retorno.',
      },
      CALLBACK_ATTEMPT_FAILED: {
        title: 'Tentamos falar com você',
        body: 'Não conseguimos contato por telefone. Tentaremos novamente.',
      },
      CALLBACK_FINAL_ATTEMPT_FAILED: {
        title: 'Não conseguimos falar com você',
        body: 'Essa foi a nossa última tentativa. Solicite um novo retorno.',
      },
    },
    upcomingWhenConsumerDials: {
      title: 'Sua vez está próxima',
      body: 'Você poderá nos ligar em cerca de {minutes} min.',
    },
    accessCode: 'Código {code}. ',
    confirm: 'Confirmar',
    cancel: 'Cancelar retorno',
  },
  it: {
    events: {
      CALLBACK_UPCOMING: { title: 'La richiamata è vicina', body: 'Prevediamo di chiamarti tra circa {minutes} min.' },
      CALLBACK_READY: {
        title: 'È il tuo turno',
        body: 'Un operatore è pronto. Conferma per ricevere il numero da chiamare.',
      },
      CALLBACK_CALL_IN: { title: 'Chiamaci ora', body: 'Chiama il {number}. {access}Valido per {minutes} min.' },
      CALLBACK_PURGED: {
        title: 'La richiamata è stata annullata',
        body: 'Non siamo riusciti a richiamarti in tempo. Richiedi una nuova richiamata.',
      },
      CALLBACK_ATTEMPT_FAILED: {
        title: 'Abbiamo provato a contattarti',
        body: 'Non siamo riusciti a raggiungerti. Riproveremo.',
      },
      CALLBACK_FINAL_ATTEMPT_FAILED: {
        title: 'Non siamo riusciti a contattarti',
        body: 'Era l’ultimo tentativo. Richiedi una nuova richiamata.',
      },
    },
    upcomingWhenConsumerDials: { title: 'Il tuo turno è vicino', body: 'Potrai chiamarci tra circa {minutes} min.' },
    accessCode: 'Codice {code}. ',
    confirm: 'Conferma',
    cancel: 'Annulla richiamata',
  },
  ja: {
    events: {
      CALLBACK_UPCOMING: { title: 'まもなく折り返しお電話します', body: '約{minutes}分後にお電話する予定です。' },
      CALLBACK_READY: { title: 'お客様の順番です', body: '担当者の準備ができました。確認すると電話番号が届きます。' },
      CALLBACK_CALL_IN: {
        title: '今すぐお電話ください',
        body: '{number} へお電話ください。{access}有効時間は{minutes}分です。',
      },
      CALLBACK_PURGED: {
        title: '折り返し電話は取り消されました',
        body: '時間内にお電話できませんでした。もう一度お申し込みください。',
      },
      CALLBACK_ATTEMPT_FAILED: { title: 'お電話がつながりませんでした', body: 'のちほどもう一度おかけします。' },
      CALLBACK_FINAL_ATTEMPT_FAILED: {
        title: 'お電話がつながりませんでした',
        body: '今回が最後のお電話でした。もう一度お申し込みください。',
      },
    },
    upcomingWhenConsumerDials: { title: 'まもなくお客様の順番です', body: '約{minutes}分後にお電話いただけます。' },
    accessCode: 'コードは {code} です。',
    confirm: '確認',
    cancel: '折り返しを取り消す',
  },
  zh: {
    events: {
      CALLBACK_UPCOMING: { title: '即将为您回电', body: '我们预计约 {minutes} 分钟后致电给您。' },
      CALLBACK_READY: { title: '轮到您了', body: '客服已准备就绪。请确认以获取拨打号码。' },
      CALLBACK_CALL_IN: { title: '请立即致电', body: '请拨打 {number}。{access}有效期 {minutes} 分钟。' },
      CALLBACK_PURGED: { title: '您的回电已取消', body: '我们未能及时回电。请重新预约。' },
      CALLBACK_ATTEMPT_FAILED: { title: '我们曾尝试联系您', body: '电话未能接通，我们会再次致电。' },
      CALLBACK_FINAL_ATTEMPT_FAILED: { title: '我们未能联系到您', body: '这是最后一次尝试。请重新预约。' },
    },
    upcomingWhenConsumerDials: { title: '即将轮到您', body: '约 {minutes} 分钟后您可以致电我们。' },
    accessCode: '验证码 {code}。',
    confirm: '确认',
    cancel: '取消回电',
  },
  ar: {
    events: {
      CALLBACK_UPCOMING: {
        title: 'اقترب موعد معاودة الاتصال بك',
        body: 'نتوقع الاتصال بك خلال {minutes} دقيقة تقريبًا.',
      },
      CALLBACK_READY: { title: 'حان دورك', body: 'الموظف جاهز لخدمتك. أكّد للحصول على رقم الاتصال.' },
      CALLBACK_CALL_IN: { title: 'اتصل بنا الآن', body: 'اتصل بالرقم {number}. {access}صالح لمدة {minutes} دقيقة.' },
      CALLBACK_PURGED: {
        title: 'أُلغيت معاودة الاتصال بك',
        body: 'لم نتمكن من الاتصال بك في الوقت المناسب. يرجى طلب موعد جديد.',
      },
      CALLBACK_ATTEMPT_FAILED: { title: 'حاولنا الاتصال بك', body: 'لم نتمكن من الوصول إليك. سنحاول مرة أخرى.' },
      CALLBACK_FINAL_ATTEMPT_FAILED: {
        title: 'لم نتمكن من الوصول إليك',
        body: 'كانت هذه محاولتنا الأخيرة. يرجى طلب موعد جديد.',
      },
    },
    upcomingWhenConsumerDials: { title: 'اقترب دورك', body: 'يمكنك الاتصال بنا خلال {minutes} دقيقة تقريبًا.' },
    accessCode: 'الرمز {code}. ',
    confirm: 'تأكيد',
    cancel: 'إلغاء الطلب',
  },
};

export function catalogueText(texts: Texts, event: NoticeEvent, direction: CallDirection): NoticeText {
  const consumerDials = event === 'CALLBACK_UPCOMING' && direction === 'USERORIGINATED';
  return consumerDials ? texts.upcomingWhenConsumerDials : texts.events[event];
}
