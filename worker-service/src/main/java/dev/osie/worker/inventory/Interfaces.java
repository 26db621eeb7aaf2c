package dev.osie.worker.inventory;

import dev.osie.worker.proto.Network;
import java.util.ArrayList;
import java.util.List;

/** The network interfaces but the loopback. Which of their features are on only a system call would tell. */
final class Interfaces {
    private static final String DIRECTORY = "sys/class/net/";

    private Interfaces() {}

    static List<Network> read(SystemFiles files) {
        List<Network> interfaces = new ArrayList<>();
        for (String name : files.names(DIRECTORY)) {
            if (name.equals("lo") || !files.exists(DIRECTORY + name + "/address")) {
                continue;
            }
            long speed = files.number(DIRECTORY + name + "/speed", -1);
            interfaces.add(Network.newBuilder()
                    .setName(name)
                    .setMac(files.text(DIRECTORY + name + "/address"))
                    .setSpeed(speed > 0 ? speed + "Mb/s" : "")
                    .build());
        }
        return interfaces;
    }
}
