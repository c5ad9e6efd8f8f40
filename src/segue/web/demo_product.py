"""What the made-up product shows to each of its customers: plan, seats, invoices and members, in step with the demo
company's prices and with what these customers write about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invoice:
    number: str
    period: str
    seats: int
    amount: str
    state: str


@dataclass(frozen=True, slots=True)
class Customer:
    """One company that uses the product, as the person who is signed in there sees it."""

    called: str
    """On the switch of the demo."""
    company: str
    plan: str
    seats: str
    next_invoice: str
    next_note: str
    pays_by: str
    pays_note: str
    members: tuple[tuple[str, str, str], ...]
    """Name, address, role."""
    invoices: tuple[Invoice, ...] = ()


VISITOR = Customer(
    "a visitor",
    "Lantern Books",
    "Team",
    "10 seats, monthly",
    "€120.00",
    "on the 1st",
    "SEPA debit",
    "ending in 8821",
    (
        ("Noor Halloran", "noor@lantern-books.example", "Owner"),
        ("Piet Vermeulen", "piet@lantern-books.example", "Admin"),
        ("Sanne Dekker", "sanne@lantern-books.example", "Member"),
    ),
    (
        Invoice("INV-20702", "This month", 10, "€136.00", "Open"),
        Invoice("INV-20188", "Last month", 8, "€96.00", "Paid"),
        Invoice("INV-19644", "Two months ago", 8, "€96.00", "Paid"),
    ),
)
NADIA = Customer(
    "Nadia, team",
    "Birchwood Studio",
    "Team",
    "16 seats, monthly",
    "€192.00",
    "on the 1st, two seats were added",
    "Card",
    "Visa ending in 4410",
    (
        ("Nadia Feld", "nadia@birchwood-studio.example", "Owner"),
        ("Ruben Hartwig", "ruben@birchwood-studio.example", "Admin"),
        ("Mei Tanaka", "mei@birchwood-studio.example", "Member"),
        ("Mei Tanaka", "mei@birchwood.example", "Member"),
        ("Oskar Lindner", "oskar@birchwood-studio.example", "Member"),
        ("Oskar Lindner", "oskar@birchwood.example", "Member"),
    ),
    (
        Invoice("INV-20871", "This month", 16, "€208.00", "Open"),
        Invoice("INV-20355", "Last month", 14, "€168.00", "Paid"),
        Invoice("INV-19802", "Two months ago", 14, "€168.00", "Paid"),
    ),
)
CLAIRE = Customer(
    "Claire, team",
    "Osprey Architects",
    "Team",
    "17 seats, monthly",
    "€204.00",
    "on the 12th, one seat was added",
    "SEPA debit",
    "ending in 0937",
    (
        ("Claire Monteil", "claire@osprey-architects.example", "Owner"),
        ("Bastien Roux", "bastien@osprey-architects.example", "Admin"),
        ("Noémie Garnier", "noemie@osprey-architects.example", "Accountant"),
    ),
    (
        Invoice("INV-20906", "This month", 17, "€212.00", "Open"),
        Invoice("INV-20391", "Last month", 16, "€192.00", "Paid"),
    ),
)
GRACE = Customer(
    "Grace, enterprise",
    "Northgate Clinics",
    "Enterprise",
    "140 seats, contract of one year",
    "€3,360.00",
    "on the 1st",
    "Bank transfer",
    "within 30 days",
    (
        ("Grace Tolland", "grace@northgate-clinics.example", "Owner"),
        ("Samir Rahal", "samir@northgate-clinics.example", "Admin"),
        ("Ingrid Moe", "ingrid@northgate-clinics.example", "Accountant"),
        ("Felix Arnaud", "felix@northgate-clinics.example", "Admin"),
    ),
    (
        Invoice("INV-2041", "This month", 140, "€3,447.60", "Open"),
        Invoice("INV-1968", "Last month", 140, "€3,360.00", "Paid"),
    ),
)
ADA = Customer(
    "Ada, free",
    "Bobbin & Loom",
    "Free",
    "2 of 3 seats",
    "€0.00",
    "nothing to pay",
    "None",
    "not needed on Free",
    (("Ada", "ada@bobbin-and-loom.example", "Owner"), ("Fergus Daly", "fergus@bobbin-and-loom.example", "Member")),
)
CAST = {"ada": ADA, "grace": GRACE, "nadia": NADIA, "claire": CLAIRE}
"""Who may be signed in there, by their name in the address."""
