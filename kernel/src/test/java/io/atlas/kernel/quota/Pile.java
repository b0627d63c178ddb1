package io.atlas.kernel.quota;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/** Counts the layers of a token bucket from outside: its cost in memory, and the bound of the work of a step. */
final class Pile {
    private Pile() {}

    /** The objects of this package that are kept alive by one of them, itself included. */
    static int keptAliveBy(Object root) {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Object> open = new ArrayDeque<>();
        open.add(root);
        while (!open.isEmpty()) {
            Object next = open.remove();
            if (seen.add(next)) {
                neighbours(next, open);
            }
        }
        return seen.size();
    }

    private static void neighbours(Object object, Deque<Object> into) {
        for (Field field : object.getClass().getDeclaredFields()) {
            boolean ours = field.getType().getName().startsWith(TokenBucket.class.getName());
            if (ours && !Modifier.isStatic(field.getModifiers())) {
                into.add(value(field, object));
            }
        }
    }

    private static Object value(Field field, Object of) {
        try {
            field.setAccessible(true);
            return field.get(of);
        } catch (IllegalAccessException unreachable) {
            throw new AssertionError("field: " + field + " (expected: readable)", unreachable);
        }
    }
}
