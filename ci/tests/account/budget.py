"""What the trial costs at most, said before anything is made."""

from __future__ import annotations

from dataclasses import dataclass

HOURS_OF_A_MONTH = 730
# How long the slowest trial may last; what it made is gone by then, or it says what is left.
HOURS = 5
LOOKED_UP = "2026-11"


@dataclass(frozen=True)
class Item:
    """One thing that AWS bills by the time that it is there."""

    what: str
    # In US dollars, rounded up: no region that offers these machines asks for less than half.
    an_hour: float
    source: str


def monthly(dollars: float) -> float:
    """The share of an hour in a monthly price."""
    return dollars / HOURS_OF_A_MONTH


ITEMS = (
    Item("one t3.medium", 0.06, "https://aws.amazon.com/ec2/pricing/on-demand/"),
    Item("a disk of 100 GB", monthly(12), "https://aws.amazon.com/ebs/pricing/"),
    Item("its snapshot", monthly(6), "https://aws.amazon.com/ebs/pricing/"),
    Item("images in S3", monthly(1), "https://aws.amazon.com/s3/pricing/"),
    Item("a firewall of six rules", monthly(11), "https://aws.amazon.com/waf/pricing/"),
)


def total() -> float:
    """What everything costs where it is all there for the longest time, in US dollars."""
    return HOURS * sum(item.an_hour for item in ITEMS)


def text(account: str, region: str) -> str:
    """What is made, for how much, where."""
    lines = [
        f"A release on account {account} in {region} and us-east-1: a firewall and a bucket with",
        "its distribution, a machine, an image, an export. It takes 1 to 2 hours. Everything that",
        f"it made is removed at its end. Within {HOURS} hours it costs at most:",
    ]
    lines += [
        f"  {HOURS * item.an_hour:5.2f} USD  {item.what}  ({item.source})"
        for item in ITEMS
    ]
    lines.append(f"  {total():5.2f} USD  in all, by prices of {LOOKED_UP}")
    return "\n".join(lines)
