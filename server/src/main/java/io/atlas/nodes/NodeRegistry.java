package io.atlas.nodes;

import java.util.List;

/** Where nodes say of themselves how they are. All of it blocks, and throws where the place cannot be reached. */
public interface NodeRegistry {
    /** After that silence a node is forgotten. */
    long FORGOTTEN_HOURS = 24;

    /** What the place is called: {@code postgresql}. */
    String place();

    /** Says it, instead of what that node said before. */
    void say(Sign sign);

    /** The node of that name says nothing any more, since it stops. */
    void leave(String node);

    /** All that have said something and are not forgotten, in the order of their names. */
    List<SeenNode> all();
}
