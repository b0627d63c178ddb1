package io.atlas.operator;

import io.atlas.monitor.AlertsCommand;
import io.atlas.monitor.TailCommand;
import io.atlas.monitor.TopCommand;
import io.atlas.terminal.Surroundings;
import java.util.List;

/** All of them, in the order in which the help tells of them. */
public final class OperatorCommands {
    private OperatorCommands() {}

    /** The commands, for a command line to take as its own. */
    public static List<Object> of(Surroundings surroundings) {
        return List.of(
                new UsageCommand(surroundings),
                new BillCommand(surroundings),
                new QuotaCommand(surroundings),
                new DecisionsCommand(surroundings),
                new TailCommand(surroundings),
                new TopCommand(surroundings),
                new ExplainCommand(surroundings),
                new SimulateCommand(surroundings),
                KeysCommand.of(surroundings),
                AlertsCommand.of(surroundings),
                PoolsCommand.of(surroundings),
                new NodesCommand(surroundings),
                new DoctorCommand(surroundings));
    }
}
