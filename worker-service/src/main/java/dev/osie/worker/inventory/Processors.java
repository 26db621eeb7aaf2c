package dev.osie.worker.inventory;

import dev.osie.worker.proto.CPU;
import dev.osie.worker.proto.Processor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringTokenizer;
import java.util.TreeMap;

/**
 * The processors: sockets, cores and threads from {@code /sys/devices/system/cpu}, everything else from the first entry of
 * {@code /proc/cpuinfo}. All entries would cost an interrupt to each processor, and sockets with different processors don't work.
 */
final class Processors {
    private static final String DIRECTORY = "sys/devices/system/cpu/";

    private Processors() {}

    static CPU read(SystemFiles files) {
        Map<Long, Set<Long>> cores = new TreeMap<>();
        Map<Long, Integer> threads = new HashMap<>();
        for (String name : files.names(DIRECTORY)) {
            if (!name.startsWith("cpu") || SystemFiles.number(name.substring("cpu".length()), 10, -1) < 0) {
                continue;
            }
            String processor = DIRECTORY + name;
            if (files.number(processor + "/online", 1) == 0) {
                continue;
            }
            long socket = Math.max(0, files.number(processor + "/topology/physical_package_id", 0));
            Set<Long> known = cores.get(socket);
            if (known == null) {
                known = new HashSet<>();
                cores.put(socket, known);
            }
            known.add(files.number(processor + "/topology/core_id", 0));
            threads.put(socket, threads.getOrDefault(socket, 0) + 1);
        }
        return cpu(cores, threads, firstEntry(files));
    }

    private static CPU cpu(Map<Long, Set<Long>> cores, Map<Long, Integer> threads, Map<String, String> entry) {
        CPU.Builder cpu = CPU.newBuilder();
        for (Map.Entry<Long, Set<Long>> socket : cores.entrySet()) {
            int count = socket.getValue().size();
            int threadCount = threads.get(socket.getKey());
            cpu.setTotalCores(cpu.getTotalCores() + count).setTotalThreads(cpu.getTotalThreads() + threadCount);
            cpu.addProcessors(Processor.newBuilder()
                    .setId((int) Math.min(socket.getKey(), Integer.MAX_VALUE))
                    .setCores(count)
                    .setThreads(threadCount)
                    .setVendor(vendor(entry))
                    .setModel(first(entry, "model name", "Processor", "cpu model", "Model Name", "uarch"))
                    .addAllCapabilities(words(first(entry, "flags", "Features"))));
        }
        return cpu.build();
    }

    private static Map<String, String> firstEntry(SystemFiles files) {
        Map<String, String> entry = new HashMap<>();
        for (String line : files.lines("proc/cpuinfo")) {
            int colon = line.indexOf(':');
            if (line.isEmpty()) {
                break;
            }
            if (colon > 0) {
                entry.put(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        }
        return entry;
    }

    private static String vendor(Map<String, String> entry) {
        String vendor = first(entry, "vendor_id", "isa");
        return vendor.isEmpty() && first(entry, "CPU implementer").equals("0x41") ? "ARM" : vendor;
    }

    private static String first(Map<String, String> entry, String... keys) {
        for (String key : keys) {
            String value = entry.getOrDefault(key, "");
            if (!value.isEmpty()) {
                return value;
            }
        }
        return "";
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        // Not split: a regular expression would be the first one before the first question.
        for (StringTokenizer rest = new StringTokenizer(text, " "); rest.hasMoreTokens(); ) {
            words.add(rest.nextToken());
        }
        return words;
    }
}
