"""Published adult norms: what was measured, in how many men and women, and where it was read.

Only sources that were opened stand here; ``opened`` is the address of what was read, which may be a copy or a
summary, and ``page`` says where in the original it stands, or that the page was not seen.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A survey: ``title`` of the original, ``page`` of the numbers in it, and the address that was read."""

    title: str
    page: str
    opened: str


@dataclass(frozen=True)
class Sample:
    """Mean and standard deviation in mm of ``n`` people."""

    mean: float
    sd: float
    n: int


@dataclass(frozen=True)
class Norm:
    """One measure of men and of women."""

    men: Sample
    women: Sample
    source: Source
    note: str = ""

    @property
    def n(self) -> int:
        return self.men.n + self.women.n

    @property
    def mean(self) -> float:
        """Mean (mm) of adults, as many men as women."""
        return (self.men.mean + self.women.mean) / 2

    @property
    def sd(self) -> float:
        """Standard deviation (mm) of adults, as many men as women: within the sexes and between them."""
        within = (self.men.sd**2 + self.women.sd**2) / 2
        between = ((self.men.mean - self.women.mean) / 2) ** 2
        return (within + between) ** 0.5


NIOSH = Source(
    "NIOSH head-and-face anthropometric survey of US respirator users, 2003 (Zhuang and Bradtmiller 2005; individual "
    "data CDC RD-10130-2020-0)",
    "page not seen; statistics of the released individual data",
    "github.com/EricSpencer00/faciometry, src/vitruve/norms/data/niosh2003.json, commit c7b6e1d; the same numbers, "
    "recomputed from the release, in evals/results/arm06_reproduction.csv, commit 63c8a1a",
)
ANSUR = Source(
    "Gordon et al. 2014, 2012 Anthropometric survey of U.S. Army personnel (ANSUR II), Natick/TR-15/007",
    "page not seen; statistics of the public individual data",
    "a register of head-geometry data sources in a public GitHub repository, section 2.1 'Observed values' (file "
    "70834236005 of the index that was searched, which does not name the repository)",
)
PERIOCULAR = Source(
    "Normative findings for periocular anthropometric measurements among Chinese young adults in Hong Kong, "
    "BioMed Research International 2013, 821428",
    "Table 2, right eye",
    "www.hindawi.com/journals/bmri/2013/821428/tab2/",
)
EAR = Source(
    "Bahşi, Orhan, Kervancioğlu, Karatepe and Sayin, External Ear Anthropometry of Healthy Turkish Young Adults",
    "abstract; pages not seen",
    "ouci.dntb.gov.ua/en/?backlinks_to=10.1007/s00266-006-0231-4&p=5",
)

NORMS: dict[str, Norm] = {
    "head breadth": Norm(Sample(154.3, 5.5, 4082), Sample(147.8, 5.2, 1986), ANSUR),
    "head length": Norm(Sample(199.5, 7.0, 4082), Sample(189.8, 7.4, 1986), ANSUR),
    "face height": Norm(Sample(123.1903, 7.1585, 2543), Sample(114.2270, 6.4748, 1454), NIOSH, "menton to sellion"),
    "bizygomatic breadth": Norm(Sample(143.8950, 6.8570, 2542), Sample(136.2443, 6.5288, 1453), NIOSH),
    "bigonial breadth": Norm(Sample(120.7027, 10.7009, 2543), Sample(111.6444, 9.2740, 1454), NIOSH),
    "nose width": Norm(Sample(37.8148, 4.8034, 2543), Sample(35.8150, 4.9219, 1454), NIOSH),
    "nose height": Norm(Sample(51.8777, 4.1205, 2543), Sample(47.6823, 3.8063, 1454), NIOSH, "subnasale to sellion"),
    "mouth width": Norm(Sample(51.6524, 4.2667, 2543), Sample(49.1547, 4.4681, 1454), NIOSH, "lip length"),
    "pupil distance": Norm(Sample(65.0736, 3.7959, 2543), Sample(63.1396, 3.9781, 1453), NIOSH),
    "eye fissure": Norm(
        Sample(27.64, 1.67, 51),
        Sample(26.04, 1.83, 52),
        PERIOCULAR,
        "three-dimensional photographs; 90 Serbians had 27.05 (1.71) mm in photographs "
        "(Knezi et al. 2020, Int. J. Morphol. 38(5), 1381-1385, abstract)",
    ),
    "ear length": Norm(Sample(65.46, 4.68, 100), Sample(60.90, 5.35, 100), EAR, "photographs"),
}
