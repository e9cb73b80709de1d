"""Answers with every host of EC2 that botocore knows: plain, FIPS and dual-stack."""

import json
import sys

import botocore.session


def main() -> None:
    """Answer each line with the whole list."""
    session = botocore.session.get_session()
    resolver = session.get_component("endpoint_resolver")
    hosts = []
    for partition in resolver.get_available_partitions():
        regions = session.get_available_regions("ec2", partition)
        for region in regions:
            for fips in (False, True):
                for dual in (False, True):
                    try:
                        found = resolver.construct_endpoint(
                            "ec2",
                            region,
                            partition,
                            use_fips_endpoint=fips,
                            use_dualstack_endpoint=dual,
                        )
                    except Exception:  # noqa: BLE001, S112 - there is no such variant
                        continue
                    hosts.append(
                        {
                            "host": found["hostname"],
                            "region": region,
                            "partition": partition,
                        }
                    )
    for _ in sys.stdin:
        print(json.dumps(hosts))


main()
