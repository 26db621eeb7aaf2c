package dev.osie.build.spec;

import dev.osie.build.yaml.Fields;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.YamlNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Checks the names and types of {@code resources}, as LinuxKit's schema has them. */
final class ResourcesReader {
    private static final List<String> THROTTLES = List.of(
            "throttleReadBpsDevice", "throttleWriteBpsDevice", "throttleReadIOPSDevice", "throttleWriteIOPSDevice");

    private final Problems problems;

    ResourcesReader(Problems problems) {
        this.problems = problems;
    }

    Optional<Resources> read(YamlNode node) {
        Fields fields = Fields.of(node, "resources", problems);
        fields.items("devices", item -> check(item, "a device of resources", this::deviceRule));
        group(fields, "memory", memory -> {
            integers(memory, "limit", "reservation", "swap", "kernel", "kernelTCP", "swappiness");
            memory.bool("disableOOMKiller");
        });
        group(fields, "cpu", cpu -> {
            integers(cpu, "shares", "quota", "period", "realtimeRuntime", "realtimePeriod");
            cpu.text("cpus");
            cpu.text("mems");
        });
        group(fields, "pids", pids -> integers(pids, "limit"));
        group(fields, "blockio", this::blockIo);
        fields.items(
                "hugepageLimits",
                item -> check(item, "a limit of huge pages", limit -> {
                    limit.text("pageSize");
                    integers(limit, "limit");
                }));
        group(fields, "network", network -> {
            integers(network, "classID");
            network.items(
                    "priorities",
                    item -> check(item, "a network priority", priority -> {
                        priority.text("name");
                        integers(priority, "priority");
                    }));
        });
        fields.finish();
        return node instanceof YamlNode.Mapping values ? Optional.of(new Resources(values)) : Optional.empty();
    }

    private void deviceRule(Fields rule) {
        rule.bool("allow");
        rule.text("type");
        rule.text("access");
        integers(rule, "major", "minor");
    }

    private void blockIo(Fields blockIo) {
        integers(blockIo, "weight", "leafWeight");
        blockIo.items(
                "weightDevice",
                item -> check(
                        item,
                        "a weight of a device",
                        weight -> integers(weight, "major", "minor", "weight", "leafWeight")));
        for (String throttle : THROTTLES) {
            blockIo.items(
                    throttle,
                    item -> check(item, "a rate of a device", rate -> integers(rate, "major", "minor", "rate")));
        }
    }

    private static void integers(Fields fields, String... keys) {
        for (String key : keys) {
            fields.integer(key);
        }
    }

    private static void group(Fields fields, String key, Consumer<Fields> reader) {
        fields.fields(key).ifPresent(group -> {
            reader.accept(group);
            group.finish();
        });
    }

    private Optional<YamlNode> check(YamlNode item, String what, Consumer<Fields> reader) {
        Fields fields = Fields.of(item, what, problems);
        reader.accept(fields);
        fields.finish();
        return Optional.of(item);
    }
}
