"""crm.entity.mergeBatch.

Source: api-reference/crm/duplicates/crm-entity-merge-batch.md
"""

import crm_manager
import old_style
import php
from crm_schema import TABLES
from registry import method


@method("crm.entity.mergeBatch", scope="crm")
def merge_batch(portal, caller, params):
    """Where a person would have to choose, nothing is done: CONFLICT."""
    params = old_style.lowered(params)
    given = params.get("params")
    given = old_style.lowered(given) if isinstance(given, dict) else {}
    entity_type = php.to_int(given.get("entitytypeid"))
    if entity_type is None:
        raise old_style.refuse("The parameter entityTypeId is required.", 0)
    if entity_type not in TABLES:
        raise old_style.refuse("Entity type %d is not supported"
                               % entity_type, 0)
    asked = given.get("entityids")
    ids = [php.to_int(v) for v in php.items(asked)] \
        if isinstance(asked, (list, dict)) else []
    ids = list(dict.fromkeys(i for i in ids if i))
    if not ids:
        raise old_style.refuse("The parameter entityIds does not contains "
                               "valid elements.", 0)
    if len(ids) < 2:
        raise old_style.refuse("The parameter entityIds must contains at "
                               "least two elements.", 0)
    old_style.may_write(portal)
    if any(portal.store.items(entity_type).get(i) is None for i in ids):
        raise old_style.refuse("Owner was not found", 0)
    if crm_manager.conflicts(portal, entity_type, ids):
        return {"STATUS": "CONFLICT", "ENTITY_IDS": []}
    gone = crm_manager.merge(portal, entity_type, ids)
    return {"STATUS": "SUCCESS", "ENTITY_IDS": gone}
