"""What the signs of lip-sync programs and phonetic alphabets are among Meta's fifteen visemes, which every head has.

A sign is a few visemes one after the other, each with a strength: a diphthong is two. Sources: the mouth shapes of
Rhubarb Lip Sync's README; Preston Blair's, as Papagayo and Moho name them; Microsoft's 22, in the table of phonemes
of "Get facial position with viseme" (and SPVISEMES, of which it is made); Amazon Polly's viseme table for English;
CMU's ARPAbet; the International Phonetic Alphabet, by manner and place.
"""

from __future__ import annotations

import re
import unicodedata

VISEMES = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U")
SILENCE = "sil"
LONGEST = 3  # letters of a phone in the IPA; more are a word
Sound = tuple[tuple[str, float], ...]


def _told(text: str) -> dict[str, Sound]:
    """``"A=PP B=SS:0.6 AY=aa+I"``: signs, each with visemes and their strengths."""
    found = {}
    for entry in text.split():
        sign, visemes = entry.rsplit("=", 1)
        parts = [part.partition(":") for part in visemes.split("+")]
        found[sign] = tuple((name, float(strength or 1)) for name, _, strength in parts)
    return found


RHUBARB = _told("X=sil A=PP:0.7 B=SS:0.6 C=E D=aa E=O:0.7 F=U G=FF H=nn")
PRESTON_BLAIR = _told("rest=sil MBP=PP etc=SS:0.6 E=E AI=aa O=O U=U WQ=U FV=FF L=nn")
MICROSOFT = _told(
    "0=sil 1=aa:0.7 2=aa 3=O 4=E 5=RR:0.8 6=I 7=U 8=O+U 9=aa+U 10=O+I 11=aa+I 12=aa:0.3 13=RR 14=nn 15=SS "
    "16=CH 17=TH 18=FF 19=DD 20=kk 21=PP"
)
POLLY = _told("sil=sil p=PP t=DD S=CH T=TH f=FF k=kk i=I r=RR s=SS u=U @=aa:0.5 a=aa e=E E=E:0.8 o=O O=O")
ARPABET = _told(
    "SIL=sil SP=sil SPN=sil PAU=sil AA=aa AE=aa:0.9 AH=aa:0.6 AO=O AW=aa+U AX=aa:0.5 AY=aa+I EH=E ER=RR:0.8 "
    "EY=E+I IH=I:0.8 IX=I:0.6 IY=I OW=O+U OY=O+I UH=U:0.7 UW=U B=PP P=PP M=PP F=FF V=FF TH=TH DH=TH T=DD D=DD "
    "N=nn L=nn EL=nn EN=nn EM=PP NG=kk:0.7 K=kk G=kk HH=aa:0.3 R=RR S=SS Z=SS SH=CH ZH=CH CH=CH JH=CH W=U:0.8 "
    "WH=U:0.8 Y=I:0.7 DX=DD Q=sil"
)
IPA = _told(
    "p=PP b=PP m=PP ɸ=PP β=PP f=FF v=FF ɱ=FF ʋ=FF θ=TH ð=TH t=DD d=DD ʈ=DD ɖ=DD ɾ=DD n=nn ɲ=nn ɳ=nn l=nn ɫ=nn "
    "ɭ=nn ʎ=nn k=kk ɡ=kk g=kk q=kk ŋ=kk:0.7 x=kk:0.7 ɣ=kk:0.7 χ=kk:0.7 c=kk ɟ=kk h=aa:0.3 ɦ=aa:0.3 ʔ=sil s=SS "
    "z=SS ʃ=CH ʒ=CH ɕ=CH ʑ=CH ʂ=CH ʐ=CH ç=I:0.6 r=RR ɹ=RR ʁ=RR ɻ=RR ɽ=RR ɚ=RR:0.8 ɝ=RR:0.8 j=I:0.7 ɥ=U:0.7 "
    "w=U:0.8 ʍ=U:0.8 a=aa ɑ=aa ɐ=aa æ=aa:0.9 ʌ=aa:0.7 ə=aa:0.5 ɜ=E:0.7 e=E ɛ=E ɘ=E:0.7 i=I ɪ=I:0.8 ɨ=I:0.6 "
    "y=U:0.8 ʏ=U:0.7 ø=O:0.7 œ=O:0.7 o=O ɔ=O ɒ=O ɤ=O:0.6 u=U ʊ=U:0.7 ɯ=I:0.5"
)
_QUIET = ("", "sil", "sp", "spn", "<eps>", "_", "#", "silence", "rest", "<unk>")
_STRESS = re.compile(r"[0-9]+$")


def of_phone(label: str) -> Sound:
    """The visemes of a phone in ARPAbet (``AA1``) or the IPA (``aɪ``, ``tʃ``); silence for what is neither.

    Of several signs of the IPA each is a viseme, one after the other, the same ones once.
    """
    if label.strip().lower() in _QUIET or not is_phone(label):
        return ((SILENCE, 1.0),)
    plain = _STRESS.sub("", label.strip())
    if plain in ARPABET:
        return ARPABET[plain]
    signs = [sign for sign in _signs(plain) if sign in IPA]
    visemes = [part for sign in signs for part in IPA[sign]]
    if signs[:2] in (["t", "ʃ"], ["d", "ʒ"], ["t", "ɕ"], ["d", "ʑ"]):
        visemes = visemes[1:]
    apart = [part for at, part in enumerate(visemes) if not at or part[0] != visemes[at - 1][0]]
    return tuple(apart) or ((SILENCE, 1.0),)


def is_phone(label: str) -> bool:
    """Whether a label is silence or a phone that :func:`of_phone` knows."""
    plain = _STRESS.sub("", label.strip())
    letters = [sign for sign in _signs(plain) if unicodedata.category(sign) in ("Ll", "Lu", "Lo")]
    in_ipa = 0 < len(letters) <= LONGEST and all(sign in IPA for sign in letters)
    return plain.lower() in _QUIET or plain in ARPABET or in_ipa


def _signs(text: str) -> list[str]:
    """The signs of a text, without marks above and below those of the IPA."""
    whole = unicodedata.normalize("NFC", text)
    return [sign if sign in IPA else unicodedata.normalize("NFD", sign)[0] for sign in whole]
